/**
 * Gives an application the pages that were built to disk: its file routes, islands and static
 * files. Must run before `app.handler()`, which reads them.
 *
 * @module
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { App } from "fresh";
import { ProdBuildCache, setBuildCache } from "fresh/internal";

/** Where a build is. */
export interface BuildLocation {
  /** The project's folder; the build's paths are relative to it. */
  root: string;
  /** The build's folder below it; `_fresh` by default. */
  outDir?: string;
}

/** Loads the build at `location` into `app`; fails when there is none. */
export async function loadBuild<State>(app: App<State>, location: BuildLocation): Promise<void> {
  const { root, outDir = "_fresh" } = location;
  const path = join(root, outDir, "snapshot.js");
  if (!await isFile(path)) throw new Error(`Cannot load the pages: "${path}" has not been built`);
  const snapshot = await import(pathToFileURL(path).href);
  setBuildCache(app, new ProdBuildCache(root, snapshot), "production");
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
