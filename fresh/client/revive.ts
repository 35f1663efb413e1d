/**
 * Makes elements of what the server rendered into a slot, islands in it included, so that an island
 * can show, hide and move its content.
 *
 * @module
 */
import { type ComponentChild, type ComponentType, h } from "preact";
import { closingMarker, findRanges, type Found, readMarker } from "./markers.ts";

/** A prop whose content is in the document. */
export class SlotRef {
  constructor(readonly id: number, readonly name: string) {}
}

/** What reviving needs to know of the document. */
export interface Scene {
  islands: Readonly<Record<string, ComponentType<Record<string, unknown>>>>;
  props: readonly Record<string, unknown>[];
  slots: Found["slots"];
}

/** An element of the island that a marker names, null when its code is not there. */
export function islandElement(scene: Scene, details: string[]): ComponentChild {
  const [name = "", index, key] = details;
  const component = scene.islands[name];
  const props = scene.props[Number(index)];
  if (component === undefined || props === undefined) return null;
  const own: Record<string, unknown> = key ? { key } : {};
  for (const [prop, value] of Object.entries(props)) {
    own[prop] = value instanceof SlotRef ? slotContent(scene, value) : value;
  }
  return h(component, own);
}

function slotContent(scene: Scene, { id, name }: SlotRef): ComponentChild[] {
  const range = scene.slots.get(id);
  if (range !== undefined) return elementsFrom(scene, range.start.nextSibling, range.end);
  const template = document.getElementById(`frsh-${id}-${name}`);
  if (!(template instanceof HTMLTemplateElement)) return [];
  // The walk over the document does not enter templates.
  for (const [inner, range] of findRanges(template.content).slots) scene.slots.set(inner, range);
  return elementsFrom(scene, template.content.firstChild, null);
}

/** Elements for the nodes from `first` up to `end`. */
function elementsFrom(scene: Scene, first: Node | null, end: Node | null): ComponentChild[] {
  const elements: ComponentChild[] = [];
  let node = first;
  while (node !== null && node !== end) {
    const marker = node instanceof Comment ? readMarker(node) : null;
    const closing = marker?.kind === "island" && node instanceof Comment
      ? closingMarker(node)
      : null;
    if (marker !== null && closing !== null) {
      elements.push(islandElement(scene, marker.details));
      node = closing.nextSibling;
      continue;
    }
    if (node instanceof Text) elements.push(node.data);
    if (node instanceof Element) elements.push(elementOf(scene, node));
    node = node.nextSibling;
  }
  return elements;
}

function elementOf(scene: Scene, element: Element): ComponentChild {
  const props: Record<string, unknown> = {};
  for (const { name, value } of element.attributes) {
    // An attribute that is true by being there must not become an empty string.
    const isFlag = typeof Reflect.get(element, name) === "boolean" && value !== "false";
    props[name] = isFlag ? true : value;
  }
  return h(element.localName, props, ...elementsFrom(scene, element.firstChild, null));
}
