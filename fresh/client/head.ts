/**
 * `<Head>` in the browser: an island's elements for the head are put there, and follow its state.
 *
 * @module
 */
import { type ComponentChildren, h, options } from "preact";
import { useContext, useLayoutEffect } from "preact/hooks";
import { lockAsset, lockSrcSet } from "../asset_url.ts";
import type { AnyVNode } from "../component.ts";
import { HeadContext } from "../render/head_context.ts";
import { isMovable } from "../render/head_elements.ts";

/** Any props of an element. */
type Props = Record<string, unknown>;

/** Set while an element is made that the hook must leave as it is. */
let isMakingOwn = false;

/** Lets elements find their way into the head, and locks the addresses of images. */
export function installElementHooks(): void {
  const previous = options.vnode;
  options.vnode = (vnode: AnyVNode) => {
    const { type, props, key } = vnode;
    if (type === "img" || type === "source") lockSources(props);
    if (isMovable(type) && !isMakingOwn) {
      vnode.type = HeadElement;
      vnode.props = { type, props, name: key };
    }
    previous?.(vnode);
  };
}

function HeadElement({ type, props, name }: { type: string; props: Props; name?: unknown }) {
  const inHead = useContext(HeadContext);
  useLayoutEffect(() => {
    if (inHead) putIntoHead(type, props, name);
  });
  if (inHead) return null;
  isMakingOwn = true;
  try {
    return h(type, props);
  } finally {
    isMakingOwn = false;
  }
}

function putIntoHead(type: string, props: Props, name: unknown): void {
  const text = textOf(props.children);
  if (type === "title") {
    document.title = text;
    return;
  }
  const element = findInHead(type, props, name) ?? document.head.appendChild(
    document.createElement(type),
  );
  if (element.textContent !== text) element.textContent = text;
  for (const [attribute, value] of Object.entries(props)) {
    if (attribute === "children") continue;
    if (value === null || value === undefined || value === false) {
      element.removeAttribute(attribute);
    } else element.setAttribute(attribute, value === true ? "" : String(value));
  }
}

function findInHead(type: string, props: Props, name: unknown): Element | null {
  const all = [...document.head.querySelectorAll(type)];
  if (name !== undefined && name !== null) {
    return all.find((element) => element.getAttribute("data-key") === String(name)) ?? null;
  }
  const identity = ["id", "name", "property", "rel", "href", "src"].filter((key) => key in props);
  if (type === "base") return all[0] ?? null;
  if (identity.length === 0) return null;
  return all.find((element) => {
    return identity.every((key) => element.getAttribute(key) === String(props[key]));
  }) ?? null;
}

function textOf(children: unknown): string {
  if (Array.isArray(children)) return children.map(textOf).join("");
  if (children === null || children === undefined || typeof children === "boolean") return "";
  // Whatever else it is, Preact would write it as text too.
  return String(children as ComponentChildren);
}

function lockSources(props: Props): void {
  if (props["data-fresh-disable-lock"]) return;
  if (typeof props.src === "string") props.src = lockAsset(props.src);
  if (typeof props.srcset === "string") props.srcset = lockSrcSet(props.srcset);
}
