/**
 * Where `deno task build` puts the dashboard's pages, for processes that `start` does not build for.
 *
 * @module
 */
import { resolve } from "node:path";

export const pagesDir: string = resolve(import.meta.dirname ?? ".", "../_build");
