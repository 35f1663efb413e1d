/**
 * Works an application's registrations into a routing table. Order matters, as in Fresh: a route
 * gets the middlewares, layouts and error pages that were registered before it.
 *
 * @module
 */
import { fileRegistrations } from "./file_routes.ts";
import type { BuildCache } from "./internal.ts";
import type { Middleware } from "./middleware.ts";
import type { Registration } from "./registration.ts";
import { renderRoute } from "./route.ts";
import { joinPattern } from "./route_pattern.ts";
import { ALL_METHODS, type Method, Router } from "./router.ts";
import { inheritedMiddlewares, newSegment, type Segment, segmentAt } from "./segment.ts";

/** What answers requests. */
export interface Assembled<State> {
  router: Router<readonly Middleware<State>[]>;
  /** What stands before everything, also before the answer that nothing matched. */
  root: readonly Middleware<State>[];
}

/** Builds the routing table. */
export function assemble<State>(
  registrations: readonly Registration<State>[],
  basePath: string,
  build: BuildCache | null,
): Assembled<State> {
  const root = newSegment<State>(null);
  const router = new Router<readonly Middleware<State>[]>();
  const table: Table<State> = { root, router, build };
  for (const registration of registrations) apply(table, registration, basePath);
  return { router, root: inheritedMiddlewares(root) };
}

interface Table<State> {
  root: Segment<State>;
  router: Router<readonly Middleware<State>[]>;
  build: BuildCache | null;
}

function apply<State>(table: Table<State>, item: Registration<State>, basePath: string): void {
  const { root, router, build } = table;
  switch (item.kind) {
    case "app":
      root.app = item.component;
      return;
    case "notFound":
      root.notFound = item.route;
      return;
    case "fsRoutes": {
      const base = joinPattern(basePath, item.pattern, true);
      for (const file of fileRegistrations<State>(build?.fsRoutes ?? [])) apply(table, file, base);
      return;
    }
  }
  const segment = segmentAt(root, item.pattern, item.inside);
  switch (item.kind) {
    case "middleware":
      segment.middlewares.push(...item.middlewares);
      return;
    case "layout":
      segment.layout = { component: item.component, config: item.config };
      return;
    case "error":
      segment.errorRoute = item.route;
      return;
    case "handler": {
      const chain = [...inheritedMiddlewares(segment), ...item.middlewares];
      addAll(router, item.methods, joinPattern(basePath, item.pattern, false), chain);
      return;
    }
    case "route": {
      const pattern = item.config?.routeOverride ?? item.pattern;
      const chain = [...inheritedMiddlewares(segment), routeMiddleware(item)];
      addAll(router, routeMethods(item), joinPattern(basePath, pattern, false), chain);
    }
  }
}

type RouteRegistration<State> = Extract<Registration<State>, { kind: "route" }>;

function routeMiddleware<State>({ route }: RouteRegistration<State>): Middleware<State> {
  if (typeof route !== "function") return (ctx) => renderRoute(ctx, route);
  const load = route;
  let loaded: ReturnType<typeof load> | undefined;
  return async function loadAndRender(ctx) {
    loaded ??= load();
    return renderRoute(ctx, await loaded);
  };
}

/**
 * A route that is loaded on demand answers every method, because its handlers are not known yet: an
 * unsupported one then finds nothing and is a 404. One that is loaded names its methods.
 */
function routeMethods<State>({ route, config }: RouteRegistration<State>): readonly Method[] {
  if (typeof route === "function") {
    const methods = config?.methods ?? "ALL";
    return methods === "ALL" ? ALL_METHODS : methods;
  }
  if (typeof route.handler === "function") return ALL_METHODS;
  const { handler } = route;
  return ALL_METHODS.filter((method) => handler[method] !== undefined);
}

function addAll<State>(
  router: Router<readonly Middleware<State>[]>,
  methods: readonly Method[],
  pattern: string,
  chain: readonly Middleware<State>[],
): void {
  for (const method of methods) router.add(method, pattern === "" ? "*" : pattern, chain);
}
