/**
 * Visits the pages without a browser: requests as a browser or a script would send them.
 */
import { sessionCookie } from "@/core/identity/cookie.ts";
import { pagesHandler } from "./serve_pages.ts";
import { ready, sampleServices, type World } from "./sample_services.ts";

export const origin = "http://watchllm.example";

export interface Visitor {
  readonly world: World;
  get(path: string, headers?: HeadersInit): Promise<Response>;
  /** Posts a form; without `headers` as a script does, which names no origin. */
  post(path: string, form: Record<string, string>, headers?: HeadersInit): Promise<Response>;
  /** A `Cookie` header of a new session. */
  signedIn(): Promise<{ cookie: string }>;
}

/** What a browser adds to a form that one of our own pages sends. */
export const fromOwnPage = { "sec-fetch-site": "same-origin", origin };
export const fromElsewhere = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };

export async function visitor(world: World = ready()): Promise<Visitor> {
  const services = sampleServices(world);
  const handle = await pagesHandler(services);
  return {
    world,
    get: (path, headers = {}) => handle(new Request(origin + path, { headers })),
    post: (path, form, headers = {}) =>
      handle(
        new Request(origin + path, { method: "POST", headers, body: new URLSearchParams(form) }),
      ),
    async signedIn() {
      const { token } = await services.sessions.create();
      return { cookie: sessionCookie(token, false).split(";")[0] ?? "" };
    },
  };
}
