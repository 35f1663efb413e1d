/**
 * The product's own pages, built in memory and answered in this process behind its security headers,
 * with the real API in front of the same services.
 */
import type { App } from "fresh";
import { Builder } from "fresh/dev";
import { config } from "@/fresh.config.ts";
import { apiApp, isApiPath } from "@/routes/(_api)/app.ts";
import type { ApiDeps } from "@/routes/(_api)/context.ts";
import { createPages } from "@/routes/(_http)/pages.ts";
import { securityHeaders } from "@/routes/(_http)/security_headers.ts";
import type { State } from "@/routes/(_http)/state.ts";
import { childrenGone } from "@/tests/fresh/conformance/children.ts";
import type { SampleServices } from "./sample_services.ts";

export type PagesHandler = (request: Request) => Promise<Response>;

let built: Promise<(app: App<State>) => void> | undefined;

/** Builds once for all tests of a file. */
export async function pagesHandler(services: SampleServices): Promise<PagesHandler> {
  built ??= build();
  const apply = await built;
  const api = apiApp(apiDeps(services));
  const app = createPages(() => ({
    ...services,
    api: async (request) => await api.fetch(request),
  }));
  apply(app);
  const pages = app.handler();
  const handler = securityHeaders((request, info) =>
    isApiPath(new URL(request.url).pathname) ? api.fetch(request) : pages(request, info)
  );
  const info: Deno.ServeHandlerInfo = {
    remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
    completed: Promise.resolve(),
  };
  return (request) => Promise.resolve(handler(request, info));
}

async function build() {
  const apply = await new Builder<State>(config).build({ snapshot: "memory" });
  await childrenGone();
  return apply;
}

function apiDeps(
  { analytics, overview, call, views, demo, projects, sessions, now, version }: SampleServices,
): ApiDeps {
  const get = async (id: string) => (await projects.list()).find((each) => each.id === id) ?? null;
  const deps: Partial<ApiDeps> = {
    analytics,
    overview,
    call,
    views,
    demo,
    sessions,
    now,
    version,
    verifier: { verify: () => null },
    sections: [],
    report: () => {},
  };
  // Pages ask for analytics alone, with their session: what other routes need is not here.
  return { ...deps, projects: { ...projects, get } } as ApiDeps;
}
