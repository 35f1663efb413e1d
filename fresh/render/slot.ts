/**
 * Elements given to an island as props. They are rendered on the server only: the island gets their
 * place, and the browser makes elements of what it finds there.
 *
 * @module
 */
import { type ComponentChildren, h } from "preact";
import type { AnyVNode } from "../component.ts";
import { between } from "./markers.ts";
import type { RenderState } from "./render_state.ts";

/** Props of the element that stands for given content. */
export interface SlotContentProps {
  state: RenderState;
  id: number;
  name: string;
  children?: ComponentChildren;
}

/** Stands for content that was given to an island. */
export function SlotContent({ state, id, name, children }: SlotContentProps): AnyVNode {
  const slot = state.slots[id];
  if (slot !== undefined) slot.shown = true;
  return between("slot", `${id}:${name}`, children);
}

/** Registers content that an island was given under a prop's name. */
export function newSlot(state: RenderState, name: string, content: ComponentChildren): AnyVNode {
  const id = state.slots.length;
  state.slots.push({ id, name, content, shown: false });
  return h(SlotContent, { state, id, name }, content);
}

/** The slot that an element stands for, null for any other value. */
export function slotOf(value: unknown): { id: number; name: string } | null {
  if (typeof value !== "object" || value === null) return null;
  if (!("type" in value) || value.type !== SlotContent) return null;
  // An element of SlotContent has its props.
  const { id, name } = (value as AnyVNode).props;
  return { id, name };
}
