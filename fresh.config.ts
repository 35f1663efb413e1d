/**
 * The pages' configuration: where routes, islands and static files are, and how they are built for
 * the browser. The build reads it before the web server starts; serving needs nothing of it.
 *
 * @module
 */
import type { BuildOptions } from "fresh/dev";

/** How this project's pages are built. */
export const config = {
  root: import.meta.dirname ?? ".",
  routeDir: "routes",
  islandDir: "islands",
  staticDir: "static",
  outDir: "_fresh",
  serverEntry: "main.ts",
  /** Browsers with everything that islands use without polyfills. */
  target: ["chrome111", "firefox113", "safari16.4"],
  /** Tests are neither routes nor islands. */
  ignore: [/[._]test\.(?:[tj]sx?|[mc][tj]s)$/],
} satisfies BuildOptions;
