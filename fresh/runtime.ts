/**
 * What pages and islands use on both sides: on the server and in the browser.
 *
 * @module
 */
import { type ComponentChildren, h } from "preact";
import { lockAsset, lockSrcSet } from "./asset_url.ts";
import { HeadContext } from "./render/head_context.ts";

export { HttpError } from "./http_error.ts";

/** Whether the code runs in a browser. */
export const IS_BROWSER: boolean = typeof document !== "undefined";

/**
 * The address of an asset, locked to this build: it may be cached for a year.
 *
 * @example
 * ```ts
 * import { asset } from "fresh/runtime";
 * import { expect } from "expect";
 *
 * expect(asset("/app.css")).toMatch(/^\/app\.css\?__frsh_c=/);
 * expect(asset("https://elsewhere.test/app.css")).toBe("https://elsewhere.test/app.css");
 * ```
 */
export function asset(path: string, basePath?: string): string {
  return lockAsset(path, basePath);
}

/** Locks the addresses of a `srcset` attribute. */
export function assetSrcSet(srcset: string, basePath?: string): string {
  return lockSrcSet(srcset, basePath);
}

/** Props of {@linkcode Head}. */
export interface HeadProps {
  children?: ComponentChildren;
}

/** Puts its children into the document's head, in place of what is the same there. */
export function Head({ children }: HeadProps): ComponentChildren {
  return h(HeadContext.Provider, { value: true }, children);
}

/** Props of {@linkcode Partial}. */
export interface PartialProps {
  children?: ComponentChildren;
  name: string;
  mode?: "replace" | "prepend" | "append";
}

/** Renders its children; navigation always loads whole pages here. */
export function Partial({ children }: PartialProps): ComponentChildren {
  return children;
}
