/**
 * Bundles the islands for the browser: one entry for each module of islands and one for the client
 * runtime, shared code in chunks of its own, every name with a hash of its content.
 *
 * @module
 */
import { basename, extname } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { uniqueName } from "../internal.ts";
import { importMapPlugin } from "./import_map.ts";

/** Where browser code is served. */
const SCRIPT_FOLDER = "/_fresh/js/";

/** What to bundle, and how. */
export interface BundleInput {
  root: string;
  islands: readonly string[];
  target: string | string[];
  minify: boolean;
  sourceMap: boolean;
}

/** A bundled module of islands. */
export interface BundledIsland {
  name: string;
  /** Its source file. */
  server: string;
  /** Address of its browser code. */
  browser: string;
}

/** Browser code, by the address it is to be served at. */
export interface Bundle {
  clientEntry: string;
  islands: BundledIsland[];
  files: Map<string, Uint8Array<ArrayBuffer>>;
  /** For each entry's address, the chunks that it needs before it can run. */
  chunks: Record<string, string[]>;
}

const CLIENT_NAME = "fresh-runtime";

/** Bundles; without islands there is nothing to serve. */
export async function bundleIslands(input: BundleInput): Promise<Bundle> {
  if (input.islands.length === 0) {
    return { clientEntry: "", islands: [], files: new Map(), chunks: {} };
  }
  const taken = new Set([CLIENT_NAME]);
  const named = input.islands.map((server) => ({ server, name: uniqueName(stem(server), taken) }));
  const client = fileURLToPath(new URL("../client/boot.ts", import.meta.url));
  const entryPoints = [
    { in: client, out: CLIENT_NAME },
    ...named.map(({ server, name }) => ({ in: server, out: name })),
  ];
  const outdir = "/out";
  try {
    const result = await esbuild.build({
      absWorkingDir: input.root,
      entryPoints,
      outdir,
      entryNames: "[name]-[hash]",
      chunkNames: "chunk-[hash]",
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "browser",
      target: input.target,
      minify: input.minify,
      sourcemap: input.sourceMap ? "linked" : false,
      jsx: "automatic",
      jsxImportSource: "preact",
      // The server's compiler options are not the browser's.
      tsconfigRaw: { compilerOptions: { jsx: "react-jsx", jsxImportSource: "preact" } },
      metafile: true,
      write: false,
      logLevel: "silent",
      plugins: [await importMapPlugin(input.root)],
    });
    const { outputs } = result.metafile;
    const files = new Map(result.outputFiles.map((file) => {
      return [addressOf(file.path), new Uint8Array(file.contents)];
    }));
    const address = (name: string) => entryAddress(files, name);
    return {
      clientEntry: address(CLIENT_NAME),
      islands: named.map((island) => ({ ...island, browser: address(island.name) })),
      files,
      chunks: chunksByEntry(outputs),
    };
  } finally {
    // The bundler is a process of its own; a finished build leaves none behind.
    await esbuild.stop();
  }
}

/** The address at which an output is served. */
function addressOf(output: string): string {
  return SCRIPT_FOLDER + basename(output);
}

/** Follows the static imports of every entry; what is imported on demand can wait. */
function chunksByEntry(outputs: esbuild.Metafile["outputs"]): Record<string, string[]> {
  const needs = (output: string, seen: Set<string>): Set<string> => {
    for (const { path, kind } of outputs[output]?.imports ?? []) {
      if (kind !== "import-statement" || seen.has(path)) continue;
      seen.add(path);
      needs(path, seen);
    }
    return seen;
  };
  const entries = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint !== undefined);
  return Object.fromEntries(entries.map(([output]) => {
    return [addressOf(output), [...needs(output, new Set())].map(addressOf)];
  }));
}

function entryAddress(files: ReadonlyMap<string, unknown>, name: string): string {
  const pattern = new RegExp(`^${SCRIPT_FOLDER}${RegExp.escape(name)}-[A-Z0-9]+\\.js$`);
  for (const address of files.keys()) {
    if (pattern.test(address)) return address;
  }
  throw new Error(`Cannot find the bundle of "${name}"`);
}

function stem(path: string): string {
  return basename(path, extname(path));
}
