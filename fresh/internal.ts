/**
 * What a build hands to the server: the routes, the islands and where their code is, and the
 * static files. `setBuildCache()` gives it to an application before its `handler()` is made.
 *
 * @module
 */
import { join } from "node:path";
import type { ComponentType } from "preact";
import { setBuildId } from "./build_id.ts";
import type { ResolvedFreshConfig } from "./config.ts";

/** An interactive component and the browser code that revives it. */
export interface Island {
  /** Address of its browser code. */
  file: string;
  /** Name in the document's markers; unique in a build. */
  name: string;
  exportName: string;
  fn: ComponentType;
}

/** What a file below `routes/` is. */
export type RouteFileKind = "route" | "middleware" | "layout" | "app" | "error" | "notFound";

/** A file below `routes/`. */
export interface RouteFile {
  /** Its path without extension, e.g. `/blog/[slug]`. */
  id: string;
  filePath: string;
  kind: RouteFileKind;
  /** Its place in the tree of layouts and middlewares; groups are kept. */
  pattern: string;
  /** The addresses that it answers. */
  routePattern: string;
  /** The module, or a function that imports it when first needed. */
  mod: unknown;
}

/** A module of islands and the address of its browser code. */
export interface IslandModule {
  name: string;
  file: string;
  mod: Record<string, unknown>;
}

/** A file that can be served as it is. */
export interface StaticFileEntry {
  /** Path, relative to the project's root or absolute. */
  filePath: string;
  hash: string | null;
  contentType: string;
  /** Its name changes with its content. */
  immutable: boolean;
}

/** A static file that was opened. */
export interface StaticFile {
  body: ReadableStream<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer>;
  size: number;
  hash: string | null;
  contentType: string;
  immutable: boolean;
  close(): void;
}

/** The parts of a build, as `_fresh/snapshot.js` exports them. */
export interface BuildSnapshot {
  version: string;
  clientEntry: string;
  islandModules: readonly IslandModule[];
  fsRoutes: readonly RouteFile[];
  staticFiles: ReadonlyMap<string, StaticFileEntry>;
  /** For each entry's address, the chunks that it needs before it can run. */
  chunks: Readonly<Record<string, readonly string[]>>;
}

/** A build as the server uses it. */
export interface BuildCache {
  readonly root: string;
  readonly clientEntry: string;
  readonly version: string;
  readonly fsRoutes: readonly RouteFile[];
  island(component: unknown): Island | undefined;
  /** The chunks that an entry needs before it can run. */
  chunksOf(file: string): readonly string[];
  readFile(pathname: string): Promise<StaticFile | null>;
}

/** A build on disk. */
export class ProdBuildCache implements BuildCache {
  readonly clientEntry: string;
  readonly version: string;
  readonly fsRoutes: readonly RouteFile[];
  readonly #islands: ReadonlyMap<unknown, Island>;
  readonly #files: ReadonlyMap<string, StaticFileEntry>;
  readonly #chunks: BuildSnapshot["chunks"];

  constructor(readonly root: string, snapshot: BuildSnapshot) {
    this.clientEntry = snapshot.clientEntry;
    this.version = snapshot.version;
    this.fsRoutes = snapshot.fsRoutes;
    this.#islands = collectIslands(snapshot.islandModules);
    this.#files = snapshot.staticFiles;
    this.#chunks = snapshot.chunks;
  }

  island(component: unknown): Island | undefined {
    return this.#islands.get(component);
  }

  chunksOf(file: string): readonly string[] {
    return this.#chunks[file] ?? [];
  }

  async readFile(pathname: string): Promise<StaticFile | null> {
    const entry = this.#files.get(pathname);
    if (entry === undefined) return null;
    const { filePath, hash, contentType, immutable } = entry;
    const path = filePath.startsWith("/") ? filePath : join(this.root, filePath);
    const file = await openIfThere(path);
    if (file === null) return null;
    const { size } = await file.stat();
    return {
      body: file.readable,
      size,
      hash,
      contentType,
      immutable,
      close: () => file.close(),
    };
  }
}

/** Names every island: a default export after its module, any other after itself. */
export function collectIslands(modules: readonly IslandModule[]): ReadonlyMap<unknown, Island> {
  const islands = new Map<unknown, Island>();
  const taken = new Set<string>();
  for (const { name, file, mod } of modules) {
    for (const [exportName, fn] of Object.entries(mod)) {
      if (typeof fn !== "function" || islands.has(fn)) continue;
      const unique = uniqueName(exportName === "default" ? name : exportName, taken);
      // Whether a function is a component shows when it is rendered; until then it is a name.
      islands.set(fn, { file, name: unique, exportName, fn: fn as ComponentType });
    }
  }
  return islands;
}

/** A name that is an identifier and was not given before. */
export function uniqueName(wanted: string, taken: Set<string>): string {
  const base = wanted.replace(/[^A-Za-z0-9_$]+/g, "_").replace(/^(?=\d)/, "_");
  let name = base;
  for (let n = 1; taken.has(name); n++) name = `${base}_${n}`;
  taken.add(name);
  return name;
}

const caches = new WeakMap<object, BuildCache>();

/** Gives a build to an application. */
export function setBuildCache(
  app: { config: ResolvedFreshConfig },
  cache: BuildCache,
  mode: ResolvedFreshConfig["mode"],
): void {
  app.config.root = cache.root;
  app.config.mode = mode;
  setBuildId(cache.version);
  caches.set(app, cache);
}

/** The build of an application, null when it has none. */
export function getBuildCache(app: object): BuildCache | null {
  return caches.get(app) ?? null;
}

async function openIfThere(path: string): Promise<Deno.FsFile | null> {
  try {
    return await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
