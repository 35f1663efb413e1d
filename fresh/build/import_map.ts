/**
 * Resolves an island's bare imports the way the server does: by the `imports` of the project's
 * `deno.json`. Packages from npm are looked up in `node_modules`, in the version installed there.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { Plugin, PluginBuild } from "esbuild";

/** The part of a `deno.json` that resolution needs. */
interface DenoConfig {
  imports?: Record<string, string>;
}

/** A bundler plugin that resolves by the `deno.json` nearest to `root`. */
export async function importMapPlugin(root: string): Promise<Plugin> {
  const path = await findConfig(root);
  const config: DenoConfig = path === null ? {} : JSON.parse(await Deno.readTextFile(path));
  const base = path === null ? root : dirname(path);
  const targets = Object.entries(config.imports ?? {}).sort(([a], [b]) => b.length - a.length);

  return {
    name: "import-map",
    setup(build: PluginBuild) {
      build.onResolve({ filter: /^[^./]/ }, (args) => {
        if (args.kind === "entry-point" || args.pluginData === RESOLVED) return null;
        const specifier = mapSpecifier(args.path, targets) ?? args.path;
        if (specifier.startsWith("./")) return { path: join(base, specifier) };
        // What no map names is looked for from the importer: a package's own dependency.
        const isMapped = specifier !== args.path;
        const resolveDir = isMapped ? base : args.resolveDir;
        return build.resolve(npmName(specifier), {
          kind: args.kind,
          importer: args.importer,
          resolveDir,
          pluginData: RESOLVED,
        });
      });
    },
  };
}

/** Marks what this plugin hands on, so that it does not get it back. */
const RESOLVED = Symbol("resolved");

function mapSpecifier(specifier: string, targets: [string, string][]): string | null {
  for (const [name, target] of targets) {
    if (specifier === name) return target;
    if (name.endsWith("/") && specifier.startsWith(name)) {
      return target + specifier.slice(name.length);
    }
  }
  return null;
}

/** `npm:@scope/name@1.2.3/sub` is `@scope/name/sub` in `node_modules`. */
function npmName(specifier: string): string {
  const match = /^npm:\/?((?:@[^/]+\/)?[^@/]+)(?:@[^/]+)?(\/.*)?$/.exec(specifier);
  return match ? `${match[1]}${match[2] ?? ""}` : specifier;
}

async function findConfig(root: string): Promise<string | null> {
  for (let dir = root;; dir = dirname(dir)) {
    const path = join(dir, "deno.json");
    if (await exists(path)) return path;
    if (dir === dirname(dir)) return null;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
