/**
 * The public face of the framework: the part of Fresh 2's API that this project uses, under the same
 * names. Pages import it as `fresh`, so that they run on the original without a change.
 *
 * @module
 */
export { App, type ListenOptions } from "./app.ts";
export type { FreshConfig, ResolvedFreshConfig } from "./config.ts";
export type { Context, FreshContext, Island, LayoutConfig, PageProps } from "./context.ts";
export { createDefine, type Define } from "./define.ts";
export {
  type HandlerByMethod,
  type HandlerFn,
  page,
  type PageResponse,
  type RouteData,
  type RouteHandler,
} from "./handlers.ts";
export { HttpError } from "./http_error.ts";
export type { Middleware, MiddlewareFn } from "./middleware.ts";
export { csp, type CSPOptions } from "./middlewares/csp.ts";
export { csrf, type CsrfOptions } from "./middlewares/csrf.ts";
export { staticFiles } from "./middlewares/static_files.ts";
export { trailingSlashes } from "./middlewares/trailing_slashes.ts";
export type { Lazy, MaybeLazy, RouteConfig } from "./route.ts";
export type { Method } from "./router.ts";
