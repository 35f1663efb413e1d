/**
 * Builds the pages to disk. It loads the bundler, so the web server does not import this module: it
 * runs once, before the server starts.
 *
 * @module
 */
import { Builder, type BuildOptions } from "fresh/dev";

/** Writes the build that `loadBuild()` reads. */
export async function buildPages(options: BuildOptions): Promise<void> {
  await new Builder(options).build();
}
