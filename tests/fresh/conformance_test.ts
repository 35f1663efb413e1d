/**
 * The conformance suite, on the implementation that the import map names: this project's own by
 * default, Fresh itself with `--config deno.fresh.json`.
 */
import * as fresh from "fresh";
import * as dev from "fresh/dev";
import * as runtime from "fresh/runtime";
import { appSuite } from "./conformance/app_suite.tsx";
import { buildSuite } from "./conformance/build_suite.ts";
import type { Implementation } from "./conformance/implementation.ts";
import { islandsSuite } from "./conformance/islands_suite.ts";
import { routesSuite } from "./conformance/routes_suite.ts";
import { runtimeSuite } from "./conformance/runtime_suite.ts";

/** Registers the whole suite for an implementation. */
function conformance(implementation: Implementation): void {
  appSuite(implementation);
  runtimeSuite(implementation);
  routesSuite(implementation);
  islandsSuite(implementation);
  buildSuite(implementation);
}

const resolved = import.meta.resolve("fresh");
conformance({ name: resolved.startsWith("file:") ? "own" : "Fresh", fresh, dev, runtime });
