/**
 * The builder: makes of a project's folders what the server serves. It is not needed while serving.
 *
 * @module
 */
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { App, type ListenOptions } from "./app.ts";
import { bundleIslands } from "./build/bundle.ts";
import { crawlIslands, crawlRoutes, crawlStatic } from "./build/crawl.ts";
import { memoryCache } from "./build/memory_cache.ts";
import { type BuildResult, describeFiles, versionOf, writeSnapshot } from "./build/snapshot.ts";
import { setBuildCache } from "./internal.ts";

/** Where a project's parts are, and how it is built. Paths are relative to `root`. */
export interface BuildOptions {
  /** What the bundler may emit, in esbuild's terms. */
  target?: string | string[];
  /** The project's folder; the working directory by default. */
  root?: string;
  /** Where the build is written; `_fresh` by default. */
  outDir?: string;
  /** Files that are served as they are; of several folders the first that has a file wins. */
  staticDir?: string | string[];
  /** Modules of islands; `islands` by default. */
  islandDir?: string;
  /** Route files; `routes` by default. */
  routeDir?: string;
  /** The module that exports `app`; `main.ts` by default. */
  serverEntry?: string;
  /** Files that are neither routes nor islands; tests by default. */
  ignore?: RegExp[];
  /** Whether to write source maps; none by default. */
  sourceMap?: { kind: boolean | "linked" };
}

/** The options with their defaults, paths made absolute. */
export interface ResolvedBuildConfig {
  target: string | string[];
  root: string;
  outDir: string;
  staticDir: string[];
  islandDir: string;
  routeDir: string;
  serverEntry: string;
  ignore: RegExp[];
  sourceMap: boolean;
  mode: "development" | "production";
}

const TEST_FILE = /[._]test\.(?:[tj]sx?|[mc][tj]s)$/;

/** Builds a project. */
export class Builder<State = unknown> {
  readonly config: ResolvedBuildConfig;
  #extraIslands: string[] = [];

  constructor(options: BuildOptions = {}) {
    const root = absolute(options.root ?? ".", Deno.cwd());
    const staticDir = options.staticDir ?? "static";
    this.config = {
      target: options.target ?? ["chrome99", "firefox99", "safari15"],
      root,
      outDir: absolute(options.outDir ?? "_fresh", root),
      staticDir: [staticDir].flat().map((dir) => absolute(dir, root)),
      islandDir: absolute(options.islandDir ?? "islands", root),
      routeDir: absolute(options.routeDir ?? "routes", root),
      serverEntry: absolute(options.serverEntry ?? "main.ts", root),
      ignore: options.ignore ?? [TEST_FILE],
      sourceMap: Boolean(options.sourceMap?.kind),
      mode: "production",
    };
  }

  /** Adds a module of islands that is not in an island folder. */
  registerIsland(path: string): void {
    this.#extraIslands.push(absolute(path, this.config.root));
  }

  /**
   * Builds: on disk, for a server that then loads `outDir`, or in memory, for a test or for
   * development. Only a build in memory can be handed to an application with the function it gives.
   */
  async build(
    options: { mode?: ResolvedBuildConfig["mode"]; snapshot?: "disk" | "memory" } = {},
  ): Promise<(app: App<State>) => void> {
    this.config.mode = options.mode ?? "production";
    const { outDir, serverEntry, mode } = this.config;
    const result = await this.#build();
    if (options.snapshot === "memory") {
      const cache = await memoryCache(result);
      return (app) => setBuildCache(app, cache, mode);
    }
    await writeSnapshot(result, outDir, serverEntry);
    return () => {
      throw new Error(`Cannot apply a build that was written to "${outDir}": load it from there`);
    };
  }

  /** Builds in memory and serves the application for development. */
  async listen(
    importApp: () => Promise<{ app: App<State> } | App<State>>,
    options: ListenOptions = {},
  ): Promise<void> {
    const imported = await importApp();
    const app = imported instanceof App ? imported : imported.app;
    const apply = await this.build({ mode: "development", snapshot: "memory" });
    apply(app);
    await app.listen(options);
  }

  async #build(): Promise<BuildResult> {
    const { root, routeDir, islandDir, staticDir, ignore, target, mode, sourceMap } = this.config;
    const { routes, islands } = await crawlRoutes(routeDir, ignore);
    const all = [...await crawlIslands(islandDir, ignore), ...islands, ...this.#extraIslands];
    const minify = mode === "production";
    const bundle = await bundleIslands({ root, islands: all, target, minify, sourceMap });

    const found = new Map<string, string>();
    for (const dir of staticDir.toReversed()) {
      for (const [address, path] of await crawlStatic(dir)) found.set(address, path);
    }
    const staticFiles = await describeFiles(found);
    const version = await versionOf(bundle, staticFiles);
    return { root, version, bundle, routes, staticFiles };
  }
}

function absolute(path: string, root: string): string {
  if (path.startsWith("file://")) return fileURLToPath(path);
  return isAbsolute(path) ? path : join(root, path);
}
