// deno-lint-ignore-file no-console -- what reaches the console is what is looked at
/**
 * What the conformance suite is run against, and what its parts share: a way to ask an application,
 * and the fixture site with its build.
 */
import { fileURLToPath } from "node:url";
import type { State } from "../site/define.ts";
import { childrenGone } from "./children.ts";

/** An implementation of the framework's public API. */
export interface Implementation {
  name: string;
  fresh: typeof import("fresh");
  runtime: typeof import("fresh/runtime");
  dev: typeof import("fresh/dev");
}

/** Answers a request. */
export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** The folder of the fixture site. */
export const SITE = fileURLToPath(new URL("../site", import.meta.url));

/** Asks an application's handler as if over the network. */
export function asker(
  app: { handler(): (request: Request) => Promise<Response> },
): Ask {
  const handler = app.handler();
  return (path, init) => handler(new Request(`http://localhost${path}`, init));
}

/** The fixture site, built in memory by the implementation. */
export async function siteAsker({ dev }: Implementation): Promise<Ask> {
  const { createApp } = await import("../site/main.tsx");
  const builder = new dev.Builder<State>({ root: SITE });
  const apply = await builder.build({ snapshot: "memory" });
  await childrenGone();
  const app = createApp();
  apply(app);
  return asker(app);
}

/** Runs something while nothing is written to the console; what would have been is returned. */
export async function muted(run: () => Promise<void>): Promise<unknown[]> {
  const { error } = console;
  const lines: unknown[] = [];
  console.error = (...args) => lines.push(...args);
  try {
    await run();
  } finally {
    console.error = error;
  }
  return lines;
}
