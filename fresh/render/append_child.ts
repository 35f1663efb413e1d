/**
 * Adds a last child to an element that was already made.
 *
 * @module
 */
import type { AnyVNode } from "../component.ts";

/** Puts `child` behind the element's own children. */
export function appendChild(vnode: AnyVNode, child: AnyVNode): void {
  const { children } = vnode.props;
  const own = Array.isArray(children) ? children : children === undefined ? [] : [children];
  vnode.props.children = [...own, child];
}
