/**
 * A build that was not written anywhere: browser code is served from memory, static files from
 * where they are.
 *
 * @module
 */
import { type BuildCache, ProdBuildCache, type StaticFile } from "../internal.ts";
import { hashOf, loadSnapshot } from "./snapshot.ts";
import type { BuildResult } from "./snapshot.ts";
import { mediaType } from "./media_type.ts";

/** Loads a build's modules and serves its files. */
export async function memoryCache(result: BuildResult): Promise<BuildCache> {
  const disk = new ProdBuildCache(result.root, await loadSnapshot(result));
  const { files } = result.bundle;
  return {
    root: disk.root,
    clientEntry: disk.clientEntry,
    version: disk.version,
    fsRoutes: disk.fsRoutes,
    island: (component) => disk.island(component),
    chunksOf: (file) => disk.chunksOf(file),
    async readFile(pathname): Promise<StaticFile | null> {
      const body = files.get(pathname);
      if (body === undefined) return await disk.readFile(pathname);
      return {
        body,
        size: body.byteLength,
        hash: await hashOf(body),
        contentType: mediaType(pathname),
        immutable: true,
        close: () => {},
      };
    },
  };
}
