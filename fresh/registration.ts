/**
 * What an application was told, in order. Nothing is resolved yet: routing, inheritance and file
 * routes are worked out when the handler is made, from this list alone.
 *
 * @module
 */
import type { PageComponent } from "./component.ts";
import type { LayoutConfig } from "./context.ts";
import type { Middleware } from "./middleware.ts";
import type { CompleteRoute, MaybeLazy, RouteConfig } from "./route.ts";
import { joinPattern } from "./route_pattern.ts";
import type { Method } from "./router.ts";

/** One call on the application. */
export type Registration<State> =
  | { kind: "middleware"; pattern: string; middlewares: Middleware<State>[]; inside: boolean }
  | {
    kind: "layout";
    pattern: string;
    component: PageComponent;
    config: LayoutConfig;
    inside: boolean;
  }
  | { kind: "error"; pattern: string; route: CompleteRoute<State>; inside: boolean }
  | {
    kind: "route";
    pattern: string;
    route: MaybeLazy<CompleteRoute<State>>;
    config: RouteConfig | undefined;
    inside: boolean;
  }
  | {
    kind: "handler";
    pattern: string;
    methods: readonly Method[];
    middlewares: Middleware<State>[];
    inside: boolean;
  }
  | { kind: "fsRoutes"; pattern: string; inside: boolean }
  | { kind: "app"; component: PageComponent }
  | { kind: "notFound"; route: CompleteRoute<State> };

/** The same registration below another path; wrapper and not-found page belong to the whole. */
export function mounted<State>(
  registration: Registration<State>,
  path: string,
  innerBase: string,
): Registration<State> {
  if (registration.kind === "app" || registration.kind === "notFound") return registration;
  const { pattern } = registration;
  const inner = innerBase !== "" && innerBase !== path
    ? joinPattern(innerBase, pattern, false)
    : pattern;
  return {
    ...registration,
    pattern: joinPattern(path, inner, true),
    inside: pattern === "/" || registration.inside,
  };
}
