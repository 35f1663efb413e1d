/**
 * What one option does: how its value is read, and what it sets. Of two options that say different things
 * the one that is applied first holds.
 *
 * @module
 */
import { type Read, seconds } from "./option_values.ts";
import type { CacheOptions, Family } from "./options.ts";

/** The options of a request while they are read. */
export type Draft = { -readonly [K in keyof CacheOptions]: CacheOptions[K] } & {
  families: Family[];
};

/** An option by one of its names. */
export interface Row {
  /** What its value must be, in words for an error. */
  readonly expected: string;
  /** False when the value cannot be read: the request is refused then. */
  readonly apply: (draft: Draft, value: string) => boolean;
  readonly family?: Family;
}

/** Sets something from a value that must be readable. */
export function option<T>(read: Read<T>, set: (draft: Draft, value: T) => void): Row {
  return {
    expected: read.expected,
    apply(draft, value) {
      const got = read.of(value.trim());
      if (got === null) return false;
      set(draft, got);
      return true;
    },
  };
}

/** Options by one peer's names: the answer to who uses them says the outcome by the same. */
export function namedBy(family: Family, rows: Readonly<Record<string, Row>>): Record<string, Row> {
  return Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, { ...row, family }]));
}

const modes = {
  on: (draft) => draft.exact ??= true,
  off: (draft) => {
    draft.exact ??= false;
    draft.semantic ??= "off";
  },
  refresh: (draft) => {
    draft.exact ??= true;
    draft.read = false;
  },
  "only-if-cached": (draft) => {
    draft.exact ??= true;
    draft.onlyIfCached = true;
  },
  shadow: (draft) => draft.semantic ??= "shadow",
  serve: (draft) => draft.semantic ??= "serve",
} satisfies Record<string, (draft: Draft) => void>;

export const mode: Row = {
  expected: Object.keys(modes).join(", "),
  apply(draft, value) {
    const name = value.trim().toLowerCase();
    if (!Object.hasOwn(modes, name)) return false;
    modes[name as keyof typeof modes](draft);
    return true;
  },
};

export const setTtl = (draft: Draft, value: number) => {
  if (draft.ttlSeconds !== null) return;
  if (value === 0) draft.store = false;
  else draft.ttlSeconds = value;
};
export const setCacheAndTtl = (draft: Draft, value: number) => {
  draft.exact ??= true;
  setTtl(draft, value);
};
export const setMaxAge = (draft: Draft, value: number) => draft.maxAgeSeconds ??= value;
export const setNamespace = (draft: Draft, value: string) => draft.namespace ??= value;
export const setBuckets = (draft: Draft, value: number) => draft.buckets ??= value;
export const setSeed = (draft: Draft, value: string) => draft.seed ||= value;
export const setMinSimilarity = (draft: Draft, value: number) => draft.minSimilarity ??= value;
export const setExact = (draft: Draft, value: boolean) => draft.exact ??= value;
export const skip = (draft: Draft, value: boolean) => {
  if (value) modes.off(draft);
};
export const refresh = (draft: Draft, value: boolean) => {
  if (value) draft.read = false;
};
export const noStore = (draft: Draft, value: boolean) => {
  if (value) draft.store = false;
};

/** Which cache takes part, as Portkey and Bifrost name them. */
export const kind: Row = {
  expected: "simple, direct or semantic",
  apply(draft, value) {
    const name = value.trim().toLowerCase();
    if (!["simple", "direct", "semantic"].includes(name)) return false;
    draft.exact ??= true;
    if (name === "semantic") draft.semantic ??= "serve";
    return true;
  },
};

/** `Cache-Control`, as far as it concerns a request. Directives of others are not ours to judge. */
export const cacheControl: Row = {
  expected: "directives such as no-cache, no-store, only-if-cached or max-age=60",
  apply: (draft, value) =>
    value.split(",").every((part) => {
      const [name = "", argument] = part.trim().toLowerCase().split("=", 2);
      const given = argument?.replaceAll('"', "").trim();
      switch (name.trim()) {
        case "no-store":
          draft.read = draft.store = false;
          return true;
        case "no-cache":
          draft.read = false;
          return true;
        case "only-if-cached":
          draft.onlyIfCached = true;
          return true;
        case "max-age": {
          const age = seconds.of(given ?? "");
          if (age === null) return false;
          draft.maxAgeSeconds ??= age;
          draft.ttlSeconds ??= age || null;
          return true;
        }
        case "s-maxage": {
          const age = seconds.of(given ?? "");
          if (age !== null) setTtl(draft, age);
          return age !== null;
        }
        default:
          return true;
      }
    }),
};

/** Portkey's configuration as JSON; only its `cache` is ours. An id of a stored one says nothing. */
export const portkeyConfig: Row = {
  expected: 'an id, or JSON such as {"cache":{"mode":"simple","max_age":60}}',
  apply(draft, value) {
    if (!value.trim().startsWith("{")) return true;
    let parsed: unknown;
    try {
      parsed = JSON.parse(value);
    } catch {
      return false;
    }
    const { cache } = parsed as { cache?: unknown }; // JSON that begins with a brace is an object.
    if (cache === undefined) return true;
    if (typeof cache === "string") return kind.apply(draft, cache);
    // Whatever else it is has no `mode`, and is refused.
    const { mode: name, max_age } = (cache ?? {}) as { mode?: unknown; max_age?: unknown };
    if (typeof name !== "string" || !kind.apply(draft, name)) return false;
    if (max_age === undefined) return true;
    const age = seconds.of(String(max_age));
    if (age !== null) setTtl(draft, age);
    return age !== null;
  },
};
