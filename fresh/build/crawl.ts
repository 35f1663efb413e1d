/**
 * Finds what a project is made of: its route files, its islands and its static files.
 *
 * @module
 */
import { join, relative } from "node:path/posix";
import type { RouteFile } from "../internal.ts";
import { classifyRoute } from "./route_file.ts";
import { compareRoutes } from "./route_order.ts";

/** A route file and whether its module can wait until it is needed. */
export interface FoundRoute extends Omit<RouteFile, "mod"> {
  lazy: boolean;
}

const MODULE = /\.(?:tsx|jsx|ts|js)$/;
const PRIVATE_FOLDER = /\/\((_[^/]+)\)\//;

/** Finds route files and the islands beside them. */
export async function crawlRoutes(
  dir: string,
  ignore: readonly RegExp[],
): Promise<{ routes: FoundRoute[]; islands: string[] }> {
  const routes: FoundRoute[] = [];
  const islands: string[] = [];
  for await (const filePath of modules(dir, ignore)) {
    const folder = PRIVATE_FOLDER.exec(filePath.slice(dir.length));
    if (folder !== null) {
      if (folder[1] === "_islands") islands.push(filePath);
      continue;
    }
    const id = "/" + relative(dir, filePath).replace(MODULE, "");
    const route = classifyRoute(id);
    // A route that names its own address must be read before addresses are laid out.
    const lazy = route.kind === "route" &&
      !(await Deno.readTextFile(filePath)).includes("routeOverride");
    routes.push({ id, filePath, lazy, ...route });
  }
  routes.sort((a, b) => compareRoutes(a.id, b.id));
  return { routes, islands: islands.sort() };
}

/** Finds the modules of a folder of islands. */
export async function crawlIslands(dir: string, ignore: readonly RegExp[]): Promise<string[]> {
  return (await Array.fromAsync(modules(dir, ignore))).sort();
}

/** Finds static files: their address and path. Dot files stay private, `.well-known` does not. */
export async function crawlStatic(dir: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const filePath of walk(dir)) {
    const path = relative(dir, filePath);
    if (!/(^|\/)\.(?!well-known\/)/.test(path)) files.set(`/${path}`, filePath);
  }
  return new Map([...files].sort(([a], [b]) => a < b ? -1 : 1));
}

async function* modules(dir: string, ignore: readonly RegExp[]): AsyncGenerator<string> {
  for await (const path of walk(dir)) {
    if (MODULE.test(path) && !ignore.some((pattern) => pattern.test(path))) yield path;
  }
}

/** Every file below a folder; a folder that is not there is empty. */
async function* walk(dir: string): AsyncGenerator<string> {
  for (const entry of await entries(dir)) {
    const path = join(dir, entry.name);
    if (entry.isDirectory) yield* walk(path);
    if (entry.isFile) yield path;
  }
}

async function entries(dir: string): Promise<Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(dir));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
