/**
 * Turns the modules below `routes/` into registrations, and says in one sentence what is wrong with
 * a module that can't be one.
 *
 * @module
 */
import type { PageComponent } from "./component.ts";
import type { HandlerFn, RouteHandler } from "./handlers.ts";
import type { RouteFile } from "./internal.ts";
import type { Middleware } from "./middleware.ts";
import type { Registration } from "./registration.ts";
import { type CompleteRoute, completeRoute, type Route, type RouteConfig } from "./route.ts";

/** The exports of a module below `routes/` that mean something. */
interface RouteModule<State> {
  config?: RouteConfig;
  handler?: RouteHandler<unknown, State>;
  handlers?: RouteHandler<unknown, State>;
  default?: PageComponent;
}

/** The registrations of all file routes, in the order of the files. */
export function fileRegistrations<State>(files: readonly RouteFile[]): Registration<State>[] {
  return files.flatMap((file) => registrationOf<State>(file) ?? []);
}

function registrationOf<State>(file: RouteFile): Registration<State> | null {
  const { kind, pattern } = file;
  if (kind === "route") return routeRegistration(file);
  const mod = readModule<State>(file, file.mod);
  switch (kind) {
    case "middleware": {
      const middlewares = middlewaresOf(file, mod);
      return middlewares && { kind, pattern, middlewares, inside: true };
    }
    case "layout": {
      if (mod.default === undefined) return null;
      return { kind, pattern, component: mod.default, config: mod.config ?? {}, inside: true };
    }
    case "app":
      return mod.default === undefined ? null : { kind, component: mod.default };
    case "error":
      return { kind, pattern, route: routeOf(file, mod), inside: true };
    case "notFound":
      return { kind, route: routeOf(file, mod) };
  }
}

function routeRegistration<State>(file: RouteFile): Registration<State> {
  const { kind, pattern, routePattern, mod } = file;
  if (kind !== "route") throw new Error(`Cannot route to "${file.filePath}": it is a ${kind}`);
  if (typeof mod !== "function") {
    const route = routeOf<State>(file, readModule(file, mod));
    const config = { ...route.config, routeOverride: route.config?.routeOverride ?? routePattern };
    return { kind, pattern, route: { ...route, config }, config, inside: false };
  }
  const route = async () => routeOf<State>(file, readModule(file, await mod()));
  const config: RouteConfig = { methods: "ALL", routeOverride: routePattern };
  return { kind, pattern, route, config, inside: false };
}

function routeOf<State>(file: RouteFile, mod: RouteModule<State>): CompleteRoute<State> {
  const route: Route<State> = {};
  const handler = mod.handlers ?? mod.handler;
  if (typeof handler === "function" && handler.length > 1) {
    throw new Error(`Cannot use the handler of "${file.filePath}": it must take one argument`);
  }
  if (handler !== undefined) route.handler = handler;
  if (mod.default !== undefined) route.component = mod.default;
  if (mod.config !== undefined) route.config = mod.config;
  return completeRoute(route);
}

function middlewaresOf<State>(
  file: RouteFile,
  mod: RouteModule<State>,
): Middleware<State>[] | null {
  const given: unknown = mod.handlers ?? mod.handler ?? mod.default ?? null;
  if (given === null) return null;
  const list: unknown[] = Array.isArray(given) ? given : [given];
  if (!list.every(isMiddleware<State>)) {
    throw new Error(
      `Cannot use "${file.filePath}" as a middleware: it must export functions, not methods`,
    );
  }
  return list;
}

function isMiddleware<State>(value: unknown): value is Middleware<State> & HandlerFn<null, State> {
  return typeof value === "function";
}

function readModule<State>(file: RouteFile, value: unknown): RouteModule<State> {
  // Checked below as far as a type can be: by the presence of what a route module exports.
  const mod = value as RouteModule<State>;
  const parts = [mod.default, mod.config, mod.handler, mod.handlers];
  if (parts.some((part) => typeof part === "function" || typeof part === "object")) return mod;
  throw new Error(
    `Cannot use "${file.filePath}" as a ${file.kind}: it has none of the exports default, handler, handlers, config`,
  );
}
