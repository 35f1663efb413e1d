/**
 * Renders a whole document: the page, then the wrapper around it, then whatever of `<html>`,
 * `<head>` and `<body>` they did not bring. Guarantees that every script and style element carries
 * the rendering's nonce.
 *
 * @module
 */
import { Fragment, h } from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import type { AnyVNode } from "../component.ts";
import type { BuildCache } from "../internal.ts";
import { withHooks } from "./hooks.ts";
import { RenderState } from "./render_state.ts";

/** The key under which a response carries the nonce of its scripts; Fresh uses the same. */
export const NONCE = Symbol.for("__freshNonce");

/** What to render. */
export interface DocumentInput {
  page: AnyVNode | null;
  /** The app wrapper's element; it shows the page where its content was set. */
  wrapper: AnyVNode | null;
  setContent: (content: AnyVNode) => void;
  pathname: string;
  basePath: string;
  build: BuildCache | null;
}

/** A rendered document. */
export interface RenderedDocument {
  html: string;
  nonce: string;
  /** Value of the `Link` header that lets the browser fetch the scripts early; may be empty. */
  link: string;
}

/** Renders the document. */
export function renderDocument(input: DocumentInput): RenderedDocument {
  const { page, wrapper, setContent, pathname, basePath, build } = input;
  const state = new RenderState(pathname, basePath, build);
  const html = withHooks(state, () => {
    let html = renderToString(page ?? h(Fragment, null));
    if (wrapper !== null) {
      setContent(jsxTemplate([html]));
      html = renderToString(wrapper);
    }
    return completeDocument(state, html);
  });
  return { html: `<!DOCTYPE html>${html}`, nonce: state.nonce, link: preloads(state) };
}

/** Adds the missing outer elements; comments need a real body to stay where they are put. */
function completeDocument(state: RenderState, html: string): string {
  const { hasHtml, hasHead, hasBody } = state;
  if (hasHtml && hasHead && hasBody) return html;
  let node: AnyVNode = jsxTemplate([html]);
  // The hooks see this body and head too; what is theirs to add, they add.
  if (!hasBody) node = h("body", null, node);
  // With an html element but no head there is no place left for one.
  if (!hasHead && !hasHtml) {
    node = h(Fragment, null, h("head", null, h("meta", { charset: "utf-8" })), node);
  }
  if (!hasHtml) node = h("html", null, node);
  return renderToString(node);
}

function preloads(state: RenderState): string {
  const { build, basePath } = state;
  const islands = state.islands();
  if (build === null || islands.length === 0) return "";
  const entries = [build.clientEntry, ...islands.map((island) => island.file)];
  const files = new Set(entries.flatMap((entry) => [entry, ...build.chunksOf(entry)]));
  return [...files].map((file) => {
    return `<${encodeURI(basePath + file)}>; rel="modulepreload"; as="script"`;
  }).join(", ");
}
