/**
 * The tree of folders: each may have middlewares, a layout and an error page, the root also the app
 * wrapper and the page for unknown addresses. What a route inherits is read off the path to it.
 *
 * @module
 */
import type { PageComponent } from "./component.ts";
import { INTERNALS, type LayoutConfig } from "./context.ts";
import { HttpError } from "./http_error.ts";
import type { Middleware } from "./middleware.ts";
import { type CompleteRoute, renderRoute } from "./route.ts";
import { patternFolders } from "./route_pattern.ts";

/** A layout and what it goes without. */
export interface Layout {
  component: PageComponent;
  config: LayoutConfig;
}

/** One folder. */
export interface Segment<State> {
  readonly parent: Segment<State> | null;
  readonly children: Map<string, Segment<State>>;
  readonly middlewares: Middleware<State>[];
  app: PageComponent | null;
  layout: Layout | null;
  errorRoute: CompleteRoute<State> | null;
  notFound: CompleteRoute<State> | null;
}

/** A folder without anything in it. */
export function newSegment<State>(parent: Segment<State> | null): Segment<State> {
  return {
    parent,
    children: new Map(),
    middlewares: [],
    app: null,
    layout: null,
    errorRoute: null,
    notFound: null,
  };
}

/** The folder of a pattern, made when it is new. */
export function segmentAt<State>(
  root: Segment<State>,
  pattern: string,
  includeLast: boolean,
): Segment<State> {
  let current = root;
  for (const folder of patternFolders(pattern, includeLast)) {
    const child = current.children.get(folder) ?? newSegment(current);
    current.children.set(folder, child);
    current = child;
  }
  return current;
}

/**
 * The middlewares that stand before a route in this folder, as registered up to now. An error page
 * stands outside the middlewares of its own folder: they were left when it is rendered.
 */
export function inheritedMiddlewares<State>(segment: Segment<State>): Middleware<State>[] {
  const path: Segment<State>[] = [];
  for (let at: Segment<State> | null = segment; at !== null; at = at.parent) path.unshift(at);
  return path.flatMap((folder) => [enterFolder(folder, path[0] ?? folder), ...folder.middlewares]);
}

function enterFolder<State>(folder: Segment<State>, root: Segment<State>): Middleware<State> {
  const { app, layout, errorRoute } = folder;
  return async function enter(ctx) {
    const internals = ctx[INTERNALS];
    if (app !== null) internals.app = app;
    if (layout !== null) {
      if (layout.config.skipAppWrapper) internals.app = null;
      const inherited = layout.config.skipInheritedLayouts ? [] : internals.layouts;
      internals.layouts = [...inherited, layout.component];
    }
    try {
      return await ctx.next();
    } catch (error) {
      const status = error instanceof HttpError ? error.status : 500;
      if (status === 404 && root.notFound !== null) {
        return await renderRoute(ctx, root.notFound, status);
      }
      if (errorRoute !== null) return await renderRoute(ctx, errorRoute, status);
      throw error;
    }
  };
}
