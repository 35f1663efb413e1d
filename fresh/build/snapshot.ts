/**
 * Puts a build together: from the bundle and the project's files to what the server loads, either
 * directly or as modules written to the output folder.
 *
 * @module
 */
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildSnapshot, RouteFile, StaticFileEntry } from "../internal.ts";
import type { Bundle } from "./bundle.ts";
import type { FoundRoute } from "./crawl.ts";
import { mediaType } from "./media_type.ts";

/** All that a build found and made. */
export interface BuildResult {
  root: string;
  version: string;
  bundle: Bundle;
  routes: readonly FoundRoute[];
  staticFiles: ReadonlyMap<string, StaticFileEntry>;
}

/** Describes static files; their paths are kept as they are. */
export async function describeFiles(
  files: ReadonlyMap<string, string>,
): Promise<Map<string, StaticFileEntry>> {
  const entries = new Map<string, StaticFileEntry>();
  for (const [address, filePath] of files) {
    const hash = await hashOf(await Deno.readFile(filePath));
    entries.set(address, { filePath, hash, contentType: mediaType(address), immutable: false });
  }
  return entries;
}

/** The identity of a build: the same sources give the same one. */
export function versionOf(bundle: Bundle, files: ReadonlyMap<string, StaticFileEntry>) {
  const scripts = [...bundle.files.keys()].sort();
  const assets = [...files].map(([address, { hash }]) => `${address} ${hash}`);
  return hashOf(new TextEncoder().encode([...scripts, ...assets].join("\n")));
}

/** The first 16 hexadecimal digits of the content's SHA-256. */
export async function hashOf(content: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return digest.slice(0, 8).toHex();
}

/** Loads the modules of a build now. */
export async function loadSnapshot(result: BuildResult): Promise<BuildSnapshot> {
  const { bundle, version, staticFiles } = result;
  const load = (path: string) => import(pathToFileURL(path).href);
  const islandModules = await Promise.all(
    bundle.islands.map(async ({ name, server, browser }) => {
      return { name, file: browser, mod: await load(server) };
    }),
  );
  const fsRoutes = await Promise.all(
    result.routes.map(async ({ lazy, ...route }): Promise<RouteFile> => {
      const { filePath } = route;
      return { ...route, mod: lazy ? () => load(filePath) : await load(filePath) };
    }),
  );
  const { clientEntry, chunks } = bundle;
  return { version, clientEntry, islandModules, fsRoutes, staticFiles, chunks };
}

/** Writes a build: browser code, and the modules that the server imports. */
export async function writeSnapshot(
  result: BuildResult,
  outDir: string,
  serverEntry: string,
): Promise<void> {
  // Written last and removed first: while it is missing, the build is not complete.
  const snapshotPath = join(outDir, "snapshot.js");
  await removeIfThere(snapshotPath);
  await removeIfThere(join(outDir, "static"));
  await Deno.mkdir(outDir, { recursive: true });
  const staticFiles = new Map(result.staticFiles);
  for (const [address, content] of result.bundle.files) {
    const filePath = join(outDir, "static", address);
    await Deno.mkdir(dirname(filePath), { recursive: true });
    await Deno.writeFile(filePath, content);
    const hash = await hashOf(content);
    staticFiles.set(address, { filePath, hash, contentType: mediaType(address), immutable: true });
  }
  const snapshot = snapshotModule({ ...result, staticFiles }, outDir);
  await Deno.writeTextFile(
    join(outDir, "server.js"),
    serverModule(result.root, outDir, serverEntry),
  );
  await Deno.writeTextFile(snapshotPath, snapshot);
}

const NOTICE = "// Made by the build. Do not edit.\n";

function snapshotModule(result: BuildResult, outDir: string): string {
  const { bundle, routes, root, version } = result;
  const text = JSON.stringify;
  const from = (path: string) => text(specifier(outDir, path));
  const imports = [
    ...bundle.islands.map((island, i) => `import * as island${i} from ${from(island.server)};`),
    ...routes.flatMap(({ lazy, filePath }, i) => {
      return lazy ? [] : [`import * as route${i} from ${from(filePath)};`];
    }),
  ];
  const islands = bundle.islands.map(({ name, browser }, i) => {
    return `  { name: ${text(name)}, file: ${text(browser)}, mod: island${i} },`;
  });
  const fsRoutes = routes.map(({ lazy, filePath, ...route }, i) => {
    const mod = lazy ? `() => import(${from(filePath)})` : `route${i}`;
    const known = text({ ...route, filePath: relative(root, filePath) });
    return `  { ...${known}, mod: ${mod} },`;
  });
  const files = [...result.staticFiles].map(([address, entry]) => {
    return `  ${text([address, { ...entry, filePath: relative(root, entry.filePath) }])},`;
  });
  return [
    NOTICE + imports.join("\n"),
    `export const version = ${text(version)};`,
    `export const clientEntry = ${text(bundle.clientEntry)};`,
    `export const chunks = ${text(bundle.chunks)};`,
    `export const islandModules = [\n${islands.join("\n")}\n];`,
    `export const fsRoutes = [\n${fsRoutes.join("\n")}\n];`,
    `export const staticFiles = new Map([\n${files.join("\n")}\n]);`,
    "",
  ].join("\n");
}

/** The entry for a server that runs the build alone: `deno serve _fresh/server.js`. */
function serverModule(root: string, outDir: string, serverEntry: string): string {
  return `${NOTICE}import { ProdBuildCache, setBuildCache } from "fresh/internal";
import { app } from ${JSON.stringify(specifier(outDir, serverEntry))};
import * as snapshot from "./snapshot.js";

const root = new URL(${JSON.stringify(specifier(outDir, root) + "/")}, import.meta.url).pathname;
setBuildCache(app, new ProdBuildCache(decodeURIComponent(root), snapshot), "production");

export default { fetch: app.handler() };
`;
}

/** A relative import from the output folder. */
function specifier(outDir: string, path: string): string {
  const base = pathToFileURL(`${outDir}/`).pathname;
  const target = pathToFileURL(path).pathname;
  const link = relative(base, target);
  return link.startsWith(".") ? link : `./${link}`;
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
