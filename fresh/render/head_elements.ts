/**
 * Elements that `<Head>` moves into the document's head. Two elements with the same identity are
 * one: what a page puts into `<Head>` replaces what the app wrapper has, and comes only once.
 *
 * @module
 */
import type { AnyVNode } from "../component.ts";

const MOVABLE = new Set([
  "title",
  "meta",
  "link",
  "script",
  "style",
  "base",
  "noscript",
  "template",
]);

/** Links of which a document has one, whatever their address. */
const SINGLE_LINKS = new Set<unknown>(["canonical", "manifest"]);

/** Whether an element may belong into the head. */
export function isMovable(type: unknown): type is string {
  return typeof type === "string" && MOVABLE.has(type);
}

/** What makes two elements the same; their content and a `<meta>`'s value are left out. */
export function headIdentity(type: string, vnode: AnyVNode): string {
  if (vnode.key !== undefined && vnode.key !== null) return String(vnode.key);
  if (type === "title") return type;
  const props: Record<string, unknown> = vnode.props;
  const parts = Object.keys(props).sort().flatMap((name) => {
    if (name === "children" || name === "nonce" || name === "ref") return [];
    if (type === "meta" && name === "content") return [];
    if (type === "link" && name === "href" && SINGLE_LINKS.has(props.rel)) return [];
    if (name === "dangerouslySetInnerHTML") return [JSON.stringify(props[name])];
    return [`${name}=${props[name]}`];
  });
  return [type, ...parts].join("\n");
}
