/**
 * The context of one request: what middlewares, handlers and pages see of it, and the ways to
 * answer. It also carries the layouts and the app wrapper that are in effect where it is used.
 *
 * @module
 */
import { type FunctionComponent, isValidElement } from "preact";
import { type AnyVNode, type PageComponent, toElement } from "./component.ts";
import type { ResolvedFreshConfig } from "./config.ts";
import type { BuildCache, Island as BuiltIsland } from "./internal.ts";
import { NONCE, renderDocument } from "./render/document.ts";

/** An interactive component and the browser code that revives it. */
export type Island = BuiltIsland;

/** The key of a context's private part. */
export const INTERNALS = Symbol("fresh.internals");

/** What the framework keeps with a request. */
export interface Internals {
  app: PageComponent | null;
  layouts: readonly PageComponent[];
  readonly build: BuildCache | null;
}

/** Which surroundings a page goes without. */
export interface LayoutConfig {
  skipInheritedLayouts?: boolean;
  skipAppWrapper?: boolean;
}

/** What a page, layout or app wrapper gets. */
export type PageProps<Data = unknown, T = unknown> =
  & Pick<
    Context<T>,
    | "config"
    | "url"
    | "req"
    | "params"
    | "info"
    | "state"
    | "isPartial"
    | "Component"
    | "error"
    | "route"
  >
  & { data: Data };

/** @deprecated Use {@linkcode Context}. */
export type FreshContext<State = unknown> = Context<State>;

/** What a context is made of. */
export interface ContextInit {
  req: Request;
  url: URL;
  info: Deno.ServeHandlerInfo;
  route: string | null;
  params: Record<string, string>;
  config: ResolvedFreshConfig;
  build: BuildCache | null;
  next: () => Promise<Response>;
}

/** One request on its way to an answer. */
export class Context<State> {
  readonly config: ResolvedFreshConfig;
  /** The request's address, parsed. */
  readonly url: URL;
  req: Request;
  /** The matched pattern, null when nothing matched. */
  readonly route: string | null;
  readonly params: Record<string, string>;
  readonly info: Deno.ServeHandlerInfo;
  // State starts empty by contract; the application's first middleware fills it.
  readonly state: State = {} as State;
  data: unknown = undefined;
  /** What was thrown, on an error page. */
  error: unknown | null = null;
  /** Always false here: partial navigation is not part of this implementation. */
  readonly isPartial: boolean = false;
  /** Passes the request on to the next middleware. */
  next: () => Promise<Response>;
  /** The content that a layout or app wrapper surrounds. */
  Component: FunctionComponent = () => null;

  readonly [INTERNALS]: Internals;

  constructor(init: ContextInit) {
    this.req = init.req;
    this.url = init.url;
    this.info = init.info;
    this.route = init.route;
    this.params = init.params;
    this.config = init.config;
    this.next = init.next;
    this[INTERNALS] = { app: null, layouts: [], build: init.build };
  }

  /** Redirects; a path can't leave the site, whatever slashes it begins with. */
  redirect(pathOrUrl: string, status = 302): Response {
    return new Response(null, { status, headers: { location: staySameSite(pathOrUrl) } });
  }

  /** Renders an element inside its layouts and the app wrapper. */
  async render(
    vnode: AnyVNode | null,
    init: ResponseInit = {},
    config: LayoutConfig = {},
  ): Promise<Response> {
    if (vnode !== null && !isValidElement(vnode)) {
      throw new Error("Cannot render: ctx.render() takes an element");
    }
    const { app, layouts, build } = this[INTERNALS];

    let page = vnode;
    for (const layout of config.skipInheritedLayouts ? [] : layouts.toReversed()) {
      const child = page;
      this.Component = () => child;
      const element = await toElement(layout, pageProps(this, null));
      if (element instanceof Response) return element;
      page = element;
    }

    // The page is rendered before the wrapper, so that what it puts into the head is known by then.
    const slot: { content: AnyVNode | null } = { content: page };
    const wrapper = config.skipAppWrapper ? null : app;
    let document: AnyVNode | null = null;
    if (wrapper !== null) {
      this.Component = () => slot.content;
      const element = await toElement(wrapper, pageProps(this, null));
      if (element instanceof Response) return element;
      document = element;
    }

    const headers = new Headers(init.headers);
    headers.set("Content-Type", "text/html; charset=utf-8");
    const rendered = renderDocument({
      page,
      wrapper: document,
      setContent: (content) => slot.content = content,
      pathname: this.url.pathname,
      basePath: this.config.basePath,
      build,
    });
    if (rendered.link !== "") headers.append("Link", rendered.link);
    const response = new Response(rendered.html, {
      status: init.status ?? 200,
      statusText: init.statusText ?? "",
      headers,
    });
    return Object.assign(response, { [NONCE]: rendered.nonce });
  }

  /** Answers with text. */
  text(content: string, init?: ResponseInit): Response {
    return new Response(content, init);
  }

  /** Answers with HTML as it is. */
  html(content: string, init?: ResponseInit): Response {
    const headers = new Headers(init?.headers);
    headers.set("Content-Type", "text/html; charset=utf-8");
    return new Response(content, { ...init, headers });
  }

  /** Answers with JSON. */
  json(content: unknown, init?: ResponseInit): Response {
    return Response.json(content, init);
  }

  /** Answers piece by piece; text is encoded. */
  stream<U extends string | Uint8Array>(
    source: Iterable<U> | AsyncIterable<U> | (() => Iterable<U> | AsyncIterable<U>),
    init?: ResponseInit,
  ): Response {
    const encoder = new TextEncoder();
    const pieces = ReadableStream.from<U>(typeof source === "function" ? source() : source);
    const bytes = pieces.pipeThrough(
      new TransformStream<U, Uint8Array>({
        transform(piece, controller) {
          controller.enqueue(typeof piece === "string" ? encoder.encode(piece) : piece);
        },
      }),
    );
    return new Response(bytes, init);
  }
}

/** The props of a page for this request. */
export function pageProps<Data, State>(
  ctx: Context<State>,
  data: Data,
): PageProps<Data, State> {
  return {
    config: ctx.config,
    url: ctx.url,
    req: ctx.req,
    params: ctx.params,
    info: ctx.info,
    state: ctx.state,
    isPartial: ctx.isPartial,
    Component: ctx.Component,
    error: ctx.error,
    route: ctx.route,
    data,
  };
}

/** Collapses slashes in the path, so that `//elsewhere.test` stays a path of this site. */
function staySameSite(pathOrUrl: string): string {
  if (!pathOrUrl.startsWith("/")) return pathOrUrl;
  const end = pathOrUrl.search(/[?#]/);
  const path = end === -1 ? pathOrUrl : pathOrUrl.slice(0, end);
  return path.replace(/\/+/g, "/") + pathOrUrl.slice(path.length);
}
