/**
 * Sends each request to the part that it is for: the gateway, the API, or the pages. All answers leave
 * with the security headers.
 *
 * @module
 */
import { isApiPath } from "@/routes/(_api)/app.ts";
import { asAsked } from "@/routes/(_http)/as_asked.ts";
import { type Handler, securityHeaders } from "@/routes/(_http)/security_headers.ts";
import type { Parts } from "./parts.ts";

type Pages = (request: Request, info: Deno.ServeHandlerInfo) => Promise<Response>;

export function createHandler(
  { gateway, api }: Pick<Parts, "gateway" | "api">,
  pages: Pages,
): Handler {
  return securityHeaders((request, info) => {
    // The gateway first: its calls are the many and the ones in a hurry.
    if (gateway.handles(request.url)) return gateway.handle(request, info);
    if (!isHost(request.headers.get("host") ?? "")) return hostRefused();
    const asked = asAsked(request);
    return isApiPath(pathOf(asked.url)) ? api.fetch(asked) : pages(asked, info);
  });
}

/**
 * Whether a `Host` names a host and nothing else: the request's URL is made from it, and what stands behind a
 * slash in it would be taken for the path.
 */
function isHost(host: string): boolean {
  return /^(?:[\w.-]+|\[[\da-fA-F:.]+\])?(?::\d{1,5})?$/.test(host);
}

function hostRefused(): Response {
  return new Response("The Host header is not valid.\n", { status: 400 });
}

/** The path of an absolute URL, without parsing the rest of it. */
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  if (start < 0) return "/";
  const end = url.slice(start).search(/[?#]/);
  return end < 0 ? url.slice(start) : url.slice(start, start + end);
}
