/**
 * The application: collects what it is told and makes a request handler of it. It opens nothing and
 * listens to nothing until asked.
 *
 * @module
 */
import { STATUS_CODES } from "node:http";
import { assemble } from "./assemble.ts";
import type { PageComponent } from "./component.ts";
import { type FreshConfig, resolveConfig, type ResolvedFreshConfig } from "./config.ts";
import { Context, type LayoutConfig } from "./context.ts";
import { HttpError } from "./http_error.ts";
import { getBuildCache } from "./internal.ts";
import { type Middleware, runMiddlewares } from "./middleware.ts";
import { mounted, type Registration } from "./registration.ts";
import { completeRoute, type MaybeLazy, type Route, type RouteConfig } from "./route.ts";
import { ALL_METHODS, type Method } from "./router.ts";

/** Options of `listen()`, those of `Deno.serve`. */
export type ListenOptions =
  & Partial<Deno.ServeTcpOptions & Deno.TlsCertifiedKeyPem>
  & { remoteAddress?: string };

/** Answers a request. */
export type Handler = (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response>;

const NO_CONNECTION: Deno.ServeHandlerInfo<Deno.NetAddr> = {
  remoteAddr: { transport: "tcp", hostname: "localhost", port: 1234 },
  completed: Promise.resolve(),
};

/** An application of middlewares and routes. */
export class App<State> {
  readonly config: ResolvedFreshConfig;
  #registrations: Registration<State>[] = [];

  constructor(config: FreshConfig = {}) {
    this.config = resolveConfig(config);
  }

  /** Adds middlewares for everything, or below a path. */
  use(...middlewares: Middleware<State>[]): this;
  use(path: string, ...middlewares: Middleware<State>[]): this;
  use(first: string | Middleware<State>, ...rest: Middleware<State>[]): this {
    const pattern = typeof first === "string" ? first : "*";
    const middlewares = typeof first === "string" ? rest : [first, ...rest];
    return this.#add({ kind: "middleware", pattern, middlewares, inside: true });
  }

  /** Sets what answers when nothing matches. */
  notFound(route: Route<State> | Middleware<State>): this {
    return this.#add({ kind: "notFound", route: completeRoute(asRoute(route)) });
  }

  /** Sets the error page below a path. */
  onError(path: string, route: Route<State> | Middleware<State>): this {
    const complete = completeRoute(asRoute(route));
    return this.#add({ kind: "error", pattern: path, route: complete, inside: true });
  }

  /** Sets the component around every document. */
  appWrapper(component: PageComponent): this {
    return this.#add({ kind: "app", component });
  }

  /** Sets the layout below a path. */
  layout(path: string, component: PageComponent, config: LayoutConfig = {}): this {
    return this.#add({ kind: "layout", pattern: path, component, config, inside: true });
  }

  /** Adds a page. */
  route(path: string, route: MaybeLazy<Route<State>>, config?: RouteConfig): this {
    const complete = typeof route === "function"
      ? async () => completeRoute(await route())
      : completeRoute(route);
    const own = typeof route === "function" ? config : { ...config, ...route.config };
    return this.#add({ kind: "route", pattern: path, route: complete, config: own, inside: true });
  }

  /** Answers GET, and HEAD by it. */
  get(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(["GET"], path, middlewares);
  }

  /** Answers POST. */
  post(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(["POST"], path, middlewares);
  }

  /** Answers PUT. */
  put(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(["PUT"], path, middlewares);
  }

  /** Answers PATCH. */
  patch(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(["PATCH"], path, middlewares);
  }

  /** Answers DELETE. */
  delete(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(["DELETE"], path, middlewares);
  }

  /** Answers HEAD. */
  head(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(["HEAD"], path, middlewares);
  }

  /** Answers every method. */
  all(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(ALL_METHODS, path, middlewares);
  }

  /** Inserts the routes of the files below `routes/` here. */
  fsRoutes(pattern = "*"): this {
    return this.#add({ kind: "fsRoutes", pattern, inside: false });
  }

  /** Takes over all that another application was told, below a path. */
  mountApp(path: string, app: App<State>): this {
    for (const registration of app.#registrations) {
      this.#add(mounted(registration, path, app.config.basePath));
    }
    return this;
  }

  /** Makes the handler; what is told to the application later has no effect on it. */
  handler(): Handler {
    const build = getBuildCache(this);
    const { router, root } = assemble(this.#registrations, this.config.basePath, build);
    const { config } = this;

    return async function handle(req, info = NO_CONNECTION) {
      const url = requestUrl(req, config.trustProxy);
      const match = router.match(req.method.toUpperCase(), url);
      const next = fallback(req.method, match.pattern, match.item === null, match.allowed);
      const { params, pattern: route } = match;
      const ctx = new Context<State>({ req, url, info, route, params, config, build, next });
      try {
        const response = await runMiddlewares(match.item ?? root, ctx, next);
        if (!(response instanceof Response)) {
          throw new TypeError(`Cannot answer ${url.pathname}: a handler gave ${response}`);
        }
        return req.method === "HEAD" ? await withoutBody(response) : response;
      } catch (error) {
        return plainError(error);
      }
    };
  }

  /** Starts serving; without a port, on the first free one from 8000 up. */
  listen(options: ListenOptions = {}): Promise<void> {
    const handler = this.handler();
    if (options.port === undefined) serveOnFreePort(options, handler);
    else Deno.serve({ ...options, port: options.port }, handler);
    return Promise.resolve();
  }

  #handle(methods: readonly Method[], pattern: string, middlewares: Middleware<State>[]): this {
    return this.#add({ kind: "handler", pattern, methods, middlewares, inside: true });
  }

  #add(registration: Registration<State>): this {
    this.#registrations.push(registration);
    return this;
  }
}

function asRoute<State>(route: Route<State> | Middleware<State>): Route<State> {
  return typeof route === "function" ? { handler: route } : route;
}

/** The address as it is routed: slashes are collapsed, a trusted proxy's origin is taken over. */
function requestUrl(req: Request, trustProxy: boolean): URL {
  const url = new URL(req.url);
  url.pathname = url.pathname.replace(/\/+/g, "/");
  if (!trustProxy) return url;
  const scheme = req.headers.get("X-Forwarded-Proto");
  const host = req.headers.get("X-Forwarded-Host");
  if (scheme === "http" || scheme === "https") url.protocol = scheme;
  if (host !== null) url.host = host;
  return url;
}

/** What answers when the chain passes the request on to its end. */
function fallback(
  method: string,
  pattern: string | null,
  unmatched: boolean,
  allowed: readonly Method[],
): () => Promise<Response> {
  if (pattern === null || !unmatched) return () => Promise.reject(new HttpError(404));
  if (method !== "OPTIONS") return () => Promise.reject(new HttpError(405));
  const headers = { Allow: allowed.join(", ") };
  return () => Promise.resolve(new Response(null, { status: 204, headers }));
}

/** Status and headers alone; a body that is a stream lets go of what it holds. */
async function withoutBody(response: Response): Promise<Response> {
  await response.body?.cancel();
  return new Response(null, response);
}

/** The answer when no error page took the error. */
function plainError(error: unknown): Response {
  const isExpected = error instanceof HttpError && error.status < 500;
  // deno-lint-ignore no-console -- nothing else will tell of it: the answer has no details
  if (!isExpected) console.error(error);
  if (!(error instanceof HttpError)) return new Response("Internal server error", { status: 500 });
  const message = error.message || STATUS_CODES[error.status];
  return new Response(message ?? null, { status: error.status });
}

function serveOnFreePort(options: ListenOptions, handler: Handler): Deno.HttpServer {
  for (let port = 8000;; port++) {
    try {
      return Deno.serve({ ...options, port }, handler);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse) || port >= 8020) throw error;
    }
  }
}
