/**
 * Providers that the project registers itself: as the settings keep them, as the form gives them.
 *
 * @module
 */
import type { FieldFailure } from "../../data/read.ts";
import { textOf } from "../../form/field.tsx";
import type { Kept } from "../types.ts";

/** One as the settings keep it, as far as people see it. */
export interface CustomProvider {
  readonly name: string;
  readonly base_url: string;
  readonly format: string;
  readonly auth: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly ask_usage: boolean;
}

/** What it speaks. */
export const formats = [
  ["openai", "OpenAI"],
  ["anthropic", "Anthropic"],
  ["gemini", "Gemini"],
] as const;

/** How its key is sent. */
export const authHeaders = [
  ["bearer", "Authorization: Bearer"],
  ["x-api-key", "x-api-key"],
  ["api-key", "api-key"],
  ["x-goog-api-key", "x-goog-api-key"],
  ["none", "no key is sent"],
] as const;

/**
 * Those that the settings hold; what is missing is as the settings' own defaults say.
 *
 * @example
 * ```ts
 * import { customOf } from "@/components/settings/providers/custom.ts";
 * import { expect } from "expect";
 *
 * const custom = [{ name: "local", base_url: "https://host/v1" }];
 * expect(customOf({ version: 1, changed_at: null, settings: { custom } })).toEqual([{
 *   name: "local",
 *   base_url: "https://host/v1",
 *   format: "openai",
 *   auth: "bearer",
 *   headers: {},
 *   ask_usage: true,
 * }]);
 * ```
 */
export function customOf({ settings }: Kept): readonly CustomProvider[] {
  const all: readonly unknown[] = Array.isArray(settings.custom) ? settings.custom : [];
  return all.map((one) => {
    const text = (name: string, usual: string) => {
      const value = fieldOf(one, name);
      return typeof value === "string" ? value : usual;
    };
    return {
      name: text("name", ""),
      base_url: text("base_url", ""),
      format: text("format", "openai"),
      auth: text("auth", "bearer"),
      headers: textsOf(fieldOf(one, "headers")),
      ask_usage: fieldOf(one, "ask_usage") !== false,
    };
  });
}

/** The provider of a form; or which line of its headers is none. */
export function customFrom(data: FormData): CustomProvider | FieldFailure {
  const headers: [string, string][] = [];
  for (const line of textOf(data, "headers").split("\n").map((each) => each.trim())) {
    if (line === "") continue;
    const colon = line.indexOf(":");
    if (colon < 1) return { field: "headers", expected: `must be Name: value, not "${line}"` };
    headers.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
  }
  return {
    name: textOf(data, "name"),
    base_url: textOf(data, "base_url"),
    format: textOf(data, "format"),
    auth: textOf(data, "auth"),
    headers: Object.fromEntries(headers),
    ask_usage: textOf(data, "ask_usage") !== "no",
  };
}

/** `X-Team: search`, one a line. */
export function headerLines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join("\n");
}

/** What deployments and aliases are, by `provider/name`. */
export function modelNamesOf({ settings }: Kept): Readonly<Record<string, string>> {
  return textsOf(settings.model_names);
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, text]: [string, unknown]) => [name, String(text)]),
  );
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
