/**
 * Renders an island in place, between markers, and notes the props that revive it in the browser.
 *
 * @module
 */
import { type ComponentChildren, type FunctionComponent, h, isValidElement } from "preact";
import type { AnyVNode } from "../component.ts";
import type { Island } from "../internal.ts";
import { between } from "./markers.ts";
import type { RenderState } from "./render_state.ts";
import { newSlot } from "./slot.ts";

/** Replaces the element's component by one that puts markers around it. */
export function renderIsland(state: RenderState, vnode: AnyVNode, island: Island): void {
  // Only components are islands; elements have none in the list.
  const component = vnode.type as FunctionComponent<Record<string, unknown>>;
  const key = String(vnode.key ?? "").replaceAll(":", "_");
  vnode.type = function Island(given: Record<string, unknown>) {
    const props = withSlots(state, given);
    const index = state.uses.push({ island, props }) - 1;
    const element = h(component, props);
    state.own.add(element);
    return between("island", `${island.name}:${index}:${key}`, element);
  };
}

/** Props in which every element is replaced by its slot. */
function withSlots(state: RenderState, given: Record<string, unknown>): Record<string, unknown> {
  const props: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const isContent = name === "children" ? value !== undefined : isElement(value);
    // Children are content by definition, and an element was just recognised.
    props[name] = isContent ? newSlot(state, name, value as ComponentChildren) : value;
  }
  return props;
}

/** Signals look like elements to preact, because they can be rendered. */
function isElement(value: unknown): boolean {
  return isValidElement(value) && !("peek" in value);
}
