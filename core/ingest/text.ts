/**
 * Values of any kind as text, payloads and bounded maps of text.
 *
 * @module
 */
import type { Payload } from "../log/contract.ts";
import { TextPayload } from "../log/text_payload.ts";

/** Text as it is, anything else as JSON. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value) ?? "";
}

/** Null and absent are no payload; text is text, anything else JSON. */
export function payloadOf(value: unknown): TextPayload | null {
  if (value === undefined || value === null) return null;
  const contentType = typeof value === "string" ? "text/plain" : "application/json";
  return new TextPayload(textOf(value), contentType);
}

/** Only the payloads that are there. */
export function payloadsOf(
  all: Readonly<Record<string, Payload | null>>,
): Record<string, Payload> | undefined {
  let some: Record<string, Payload> | undefined;
  for (const name in all) {
    const payload = all[name];
    if (payload) (some ??= {})[name] = payload;
  }
  return some;
}

/** Cuts without halving a character. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).toWellFormed();
}

export interface MapBounds {
  readonly entries: number;
  readonly name: number;
  readonly value: number;
}

/** Collects text by text within bounds; the first value of a name stays. */
export class TextMap {
  readonly values: Record<string, string> = {};
  readonly #bounds: MapBounds;
  #count = 0;

  constructor(bounds: MapBounds) {
    this.#bounds = bounds;
  }

  /** Null and absent values are passed by. */
  add(name: string, value: unknown): void {
    if (value === undefined || value === null || name === "") return;
    const key = cut(name, this.#bounds.name);
    if (this.#count >= this.#bounds.entries || Object.hasOwn(this.values, key)) return;
    this.#count += 1;
    const text = cut(textOf(value), this.#bounds.value);
    // A name such as __proto__ must become an entry, not the object's prototype.
    if (key === "__proto__") {
      Object.defineProperty(this.values, key, {
        value: text,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    } else this.values[key] = text;
  }

  addAll(entries: Readonly<Record<string, unknown>> | null | undefined): void {
    for (const name in entries) this.add(name, entries[name]);
  }
}

/** A call's properties. */
export const propertyBounds: MapBounds = { entries: 50, name: 64, value: 512 };
/** A span's attributes. */
export const attributeBounds: MapBounds = { entries: 128, name: 200, value: 4_096 };
