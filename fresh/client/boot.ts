/**
 * The browser's side: revives the islands of a document. The one script of a page imports it and
 * the islands that the page uses, and calls `boot()` with their props.
 *
 * @module
 */
import { computed, signal } from "@preact/signals";
import { type ComponentType, render } from "preact";
import { parse } from "../wire/parse.ts";
import { fragmentBetween, textInPlaceOf } from "./fragment.ts";
import { installElementHooks } from "./head.ts";
import { findRanges, type Range } from "./markers.ts";
import { islandElement, type Scene, SlotRef } from "./revive.ts";

/** Revives all islands; one that fails does not keep the others from it. */
export function boot(
  islands: Record<string, ComponentType<Record<string, unknown>>>,
  payload: string,
): void {
  installElementHooks();
  const { roots, slots } = findRanges(document.body);
  const props = parse(payload, {
    signal,
    computed: (value) => computed(() => value),
    slot: (id, name) => new SlotRef(id, name),
  });
  // The server wrote one object of props for each island.
  const scene: Scene = { islands, props: props as Scene["props"], slots };
  // Each in a task of its own, so that a page with many stays responsive.
  for (const range of roots) setTimeout(() => revive(scene, range));
}

function revive(scene: Scene, { details, start, end }: Range): void {
  const element = islandElement(scene, details);
  const container = fragmentBetween(textInPlaceOf(start), textInPlaceOf(end));
  render(element, container);
}
