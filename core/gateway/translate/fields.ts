/**
 * Reads a JSON object so that nothing is overlooked: what was not asked for by name is, at the end,
 * left out by the table or refused.
 *
 * @module
 */
import type { AppError } from "../../error.ts";
import { type JsonObject, object } from "../../json.ts";
import type { Translating } from "./translating.ts";

export class Fields {
  readonly at: string;
  readonly #value: JsonObject;
  readonly #translating: Translating;
  readonly #read = new Set<string>();

  constructor(value: JsonObject, at: string, translating: Translating) {
    this.#value = value;
    this.at = at;
    this.#translating = translating;
  }

  /** Where a field of it stands. */
  path(name: string): string {
    return this.at === "" ? name : `${this.at}.${name}`;
  }

  /** The value, undefined for null too: no format tells the two apart. */
  take(name: string): unknown {
    this.#read.add(name);
    return this.#value[name] ?? undefined;
  }

  /** What it holds. */
  names(): string[] {
    return Object.keys(this.#value);
  }

  has(name: string): boolean {
    return (this.#value[name] ?? undefined) !== undefined;
  }

  string(name: string): string | null {
    const value = this.take(name);
    if (value === undefined || typeof value === "string") return value ?? null;
    throw this.wrong(name, "must be a string");
  }

  number(name: string): number | null {
    const value = this.take(name);
    if (value === undefined || typeof value === "number") return value ?? null;
    throw this.wrong(name, "must be a number");
  }

  boolean(name: string): boolean | null {
    const value = this.take(name);
    if (value === undefined || typeof value === "boolean") return value ?? null;
    throw this.wrong(name, "must be true or false");
  }

  object(name: string): JsonObject | null {
    const value = this.take(name);
    if (value === undefined) return null;
    const found = object(value);
    if (found) return found;
    throw this.wrong(name, "must be an object");
  }

  /** An object whose fields are read in turn. */
  fields(name: string): Fields | null {
    const value = this.object(name);
    return value && new Fields(value, this.path(name), this.#translating);
  }

  list(name: string): readonly unknown[] {
    const value = this.take(name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    throw this.wrong(name, "must be a list");
  }

  strings(name: string): readonly string[] {
    return this.list(name).map((item) => {
      if (typeof item === "string") return item;
      throw this.wrong(name, "must be a list of strings");
    });
  }

  /** The objects of a list; anything else in it is refused. */
  each(name: string): readonly Fields[] {
    return this.list(name).map((item, i) => {
      const at = `${this.path(name)}[${i}]`;
      const found = object(item);
      if (found) return new Fields(found, at, this.#translating);
      throw this.#translating.impossible(at, "must be an object");
    });
  }

  /** A field that may only say what holds anyway. */
  only(name: string, ...values: readonly unknown[]): void {
    const value = this.take(name);
    if (value === undefined || values.includes(value)) return;
    throw this.#translating.impossible(this.path(name));
  }

  /** What nobody asked for is left out by the table, or refused. */
  done(): void {
    for (const [name, value] of Object.entries(this.#value)) {
      if (this.#read.has(name) || value === null || value === undefined) continue;
      this.#translating.unread(this.path(name));
    }
  }

  wrong(name: string, reason: string): AppError {
    return this.#translating.impossible(this.path(name), reason);
  }
}
