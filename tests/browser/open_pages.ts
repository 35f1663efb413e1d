/**
 * The pages on a port, in this process, with figures that a test can change while they are open.
 */
import type { Browser } from "playwright-core";
import { sessionCookie } from "@/core/identity/cookie.ts";
import { pagesHandler } from "@/tests/pages/serve_pages.ts";
import { sampleServices, type World } from "@/tests/pages/sample_services.ts";
import { type Look, type Sight, sight } from "./sight.ts";

export interface OpenPages {
  readonly url: string;
  /** How often each path was asked for. */
  readonly asked: Map<string, number>;
  /** A page of its own with a session. */
  signedIn(look?: Look): Promise<Sight>;
  /** A page of its own without one. */
  stranger(look?: Look): Promise<Sight>;
  /** Ends all sessions. */
  endSessions(): Promise<void>;
}

export async function withPages(
  browser: Browser,
  world: World,
  use: (pages: OpenPages) => Promise<void>,
): Promise<void> {
  const services = sampleServices(world);
  const handle = await pagesHandler(services);
  const asked = new Map<string, number>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    asked.set(pathname, (asked.get(pathname) ?? 0) + 1);
    return handle(request);
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  const { token } = await services.sessions.create();
  const [name = "", value = ""] = (sessionCookie(token, false).split(";")[0] ?? "").split("=");
  const opened: Sight[] = [];
  const open = async (look: Look | undefined) => {
    const seen = await sight(browser, look);
    opened.push(seen);
    return seen;
  };
  try {
    await use({
      url,
      asked,
      stranger: open,
      async signedIn(look) {
        const seen = await open(look);
        await seen.context.addCookies([{ name, value, url }]);
        return seen;
      },
      endSessions: () => services.sessions.end(token),
    });
  } finally {
    await Promise.all(opened.map(({ context }) => context.close()));
    await server.shutdown();
  }
}
