/**
 * What a request says about the cache: ours and the peers' names for the same. The table
 * is the documentation; nothing else knows these names. What cannot be read is refused, never taken for
 * no cache.
 *
 * @module
 */
import { AppError } from "../error.ts";
import { inBody } from "./body_options.ts";
import type { SemanticMode } from "./semantic/contract.ts";

/** Whose names a caller used: its answer says the outcome by the same. */
export type Family = "helicone" | "cloudflare" | "portkey" | "litellm" | "bifrost";

export interface CacheOptions {
  /** Whether the exact cache takes part; null leaves it to the project. */
  readonly exact: boolean | null;
  /** Null leaves it to the project. */
  readonly semantic: SemanticMode | null;
  /** Whether a stored answer may be given. */
  readonly read: boolean;
  /** Whether the provider's answer may be stored. */
  readonly store: boolean;
  /** A stored answer or none: the provider is not called. */
  readonly onlyIfCached: boolean;
  readonly ttlSeconds: number | null;
  /** The age from which a stored answer is too old for this request. */
  readonly maxAgeSeconds: number | null;
  readonly namespace: string | null;
  readonly seed: string;
  /** Stands for the body in the key. */
  readonly customKey: string | null;
  /** How many answers to one request are kept and given in turn. */
  readonly buckets: number;
  readonly ignore: readonly string[];
  /** What a semantic hit must reach besides what was learnt. */
  readonly minSimilarity: number | null;
  /** Whether the answer's head tells the decision. */
  readonly explain: boolean;
  readonly families: readonly Family[];
}

type Draft = { -readonly [K in keyof CacheOptions]: CacheOptions[K] } & { families: Family[] };

export const defaultOptions: CacheOptions = {
  exact: null,
  semantic: null,
  read: true,
  store: true,
  onlyIfCached: false,
  ttlSeconds: null,
  maxAgeSeconds: null,
  namespace: null,
  seed: "",
  customKey: null,
  buckets: 1,
  ignore: [],
  minSimilarity: null,
  explain: false,
  families: [],
};

/** What a header's value must look like, in words for its error; null when it does not. */
type Read<T> = { readonly expected: string; of(value: string): T | null };

const longestTtl = 365 * 86_400;
const mostBuckets = 20;

const flag: Read<boolean> = {
  expected: "true or false",
  of: (value) =>
    /^(true|1|yes|on)$/i.test(value) ? true : /^(false|0|no|off)$/i.test(value) ? false : null,
};
const seconds: Read<number> = {
  expected: `whole seconds from 0 to ${longestTtl}`,
  of: (value) => /^\d{1,9}$/.test(value) && Number(value) <= longestTtl ? Number(value) : null,
};
/** Go's durations, e.g. `5m`, `1h30m`; bare digits are seconds. */
const duration: Read<number> = {
  expected: "a duration such as 30s, 5m or 1h30m",
  of(value) {
    if (/^\d{1,9}$/.test(value)) return seconds.of(value);
    if (!/^(\d{1,9}(\.\d{1,3})?(ms|s|m|h))+$/.test(value)) return null;
    let total = 0;
    for (const [, digits, unit] of value.matchAll(/([\d.]+)(ms|s|m|h)/g)) {
      total += Number(digits) *
        { ms: 0.001, s: 1, m: 60, h: 3_600 }[unit as "ms" | "s" | "m" | "h"];
    }
    return total >= 1 && total <= longestTtl ? Math.floor(total) : null;
  },
};
const text: Read<string> = {
  expected: "1 to 256 characters",
  of: (value) => value.length >= 1 && value.length <= 256 ? value : null,
};
const bucketCount: Read<number> = {
  expected: `a whole number from 1 to ${mostBuckets}`,
  of: (value) =>
    /^\d{1,2}$/.test(value) && Number(value) >= 1 && Number(value) <= mostBuckets
      ? Number(value)
      : null,
};
const similarity: Read<number> = {
  expected: "a number from 0 to 1",
  of: (value) => /^(0(\.\d+)?|1(\.0+)?|\.\d+)$/.test(value) ? Number(value) : null,
};
/** A JSON list or names between commas. */
const names: Read<readonly string[]> = {
  expected: "names between commas, or a JSON list of at most 50 names",
  of(value) {
    let list: unknown = value.split(",").map((name) => name.trim()).filter((name) => name !== "");
    if (value.startsWith("[")) {
      try {
        list = JSON.parse(value);
      } catch {
        return null;
      }
    }
    const fits = Array.isArray(list) && list.length > 0 && list.length <= 50 &&
      list.every((name) => typeof name === "string" && name.length >= 1 && name.length <= 256);
    return fits ? list as string[] : null;
  },
};

type Apply = (draft: Draft, value: string) => boolean;

/** Sets something from a value that must be readable. */
function as<T>(read: Read<T>, set: (draft: Draft, value: T) => void): Row {
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

interface Row {
  readonly expected: string;
  readonly apply: Apply;
  readonly family?: Family;
}

const of = (family: Family, row: Row): Row => ({ ...row, family });

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

const mode: Row = {
  expected: Object.keys(modes).join(", "),
  apply(draft, value) {
    const name = value.trim().toLowerCase();
    if (!Object.hasOwn(modes, name)) return false;
    modes[name as keyof typeof modes](draft);
    return true;
  },
};

const setTtl = (draft: Draft, value: number) => {
  if (value === 0) draft.store = false;
  else draft.ttlSeconds ??= value;
};
const setCacheAndTtl = (draft: Draft, value: number) => {
  draft.exact ??= true;
  setTtl(draft, value);
};
const setMaxAge = (draft: Draft, value: number) => draft.maxAgeSeconds ??= value;
const setNamespace = (draft: Draft, value: string) => draft.namespace ??= value;
const setExact = (draft: Draft, value: boolean) => draft.exact ??= value;
const skip = (draft: Draft, value: boolean) => {
  if (value) modes.off(draft);
};
const refresh = (draft: Draft, value: boolean) => {
  if (value) draft.read = false;
};
const noStore = (draft: Draft, value: boolean) => {
  if (value) draft.store = false;
};
const kindOf = (semantic: string): Row => ({
  expected: `simple, direct or ${semantic}`,
  apply(draft, value) {
    const kind = value.trim().toLowerCase();
    if (!["simple", "direct", semantic].includes(kind)) return false;
    draft.exact ??= true;
    if (kind === semantic) draft.semantic ??= "serve";
    return true;
  },
});

/** `Cache-Control`, as far as it concerns a request. Directives of others are not ours to judge. */
const cacheControl: Row = {
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
const portkeyConfig: Row = {
  expected: 'an id, or JSON such as {"cache":{"mode":"simple","max_age":60}}',
  apply(draft, value) {
    if (!value.trim().startsWith("{")) return true;
    let parsed: unknown;
    try {
      parsed = JSON.parse(value);
    } catch {
      return false;
    }
    const { cache } = parsed as { cache?: unknown };
    if (cache === undefined) return true;
    if (typeof cache === "string") return kindOf("semantic").apply(draft, cache);
    const { mode: kind, max_age } = (cache ?? {}) as { mode?: unknown; max_age?: unknown };
    if (typeof kind !== "string" || !kindOf("semantic").apply(draft, kind)) return false;
    if (max_age === undefined) return true;
    const age = seconds.of(String(max_age));
    if (age !== null) setTtl(draft, age);
    return age !== null;
  },
};

/** By name in lower case, ours first: where two say different things, the upper one holds. */
export const cacheHeaders: Readonly<Record<string, Row>> = {
  "x-watchllm-cache-mode": mode,
  "x-watchllm-cache-ttl": as(seconds, setTtl),
  "x-watchllm-cache-namespace": as(text, setNamespace),
  "x-watchllm-cache-seed": as(text, (draft, value) => draft.seed ||= value),
  "x-watchllm-cache-key": as(text, (draft, value) => draft.customKey ??= value),
  "x-watchllm-cache-buckets": as(bucketCount, (draft, value) => draft.buckets = value),
  "x-watchllm-cache-ignore": as(names, (draft, value) => draft.ignore = value),
  "x-watchllm-cache-threshold": as(similarity, (draft, value) => draft.minSimilarity ??= value),
  "x-watchllm-explain": as(flag, (draft, value) => draft.explain = value),
  "cache-control": cacheControl,

  "helicone-cache-enabled": of("helicone", as(flag, setExact)),
  "helicone-cache-seed": of("helicone", as(text, (draft, value) => draft.seed ||= value)),
  "helicone-cache-bucket-max-size": of(
    "helicone",
    as(bucketCount, (draft, value) => {
      if (draft.buckets === 1) draft.buckets = value;
    }),
  ),
  "helicone-cache-ignore-keys": of(
    "helicone",
    as(names, (draft, value) => {
      if (draft.ignore.length === 0) draft.ignore = value;
    }),
  ),

  "cf-aig-skip-cache": of("cloudflare", as(flag, skip)),
  "cf-skip-cache": of("cloudflare", as(flag, skip)),
  "cf-aig-cache-ttl": of("cloudflare", as(seconds, setCacheAndTtl)),
  "cf-cache-ttl": of("cloudflare", as(seconds, setCacheAndTtl)),
  "cf-aig-cache-key": of(
    "cloudflare",
    as(text, (draft, value) => {
      draft.exact ??= true;
      draft.customKey ??= value;
    }),
  ),

  "x-portkey-cache": of("portkey", kindOf("semantic")),
  "x-portkey-cache-namespace": of("portkey", as(text, setNamespace)),
  "x-portkey-cache-force-refresh": of("portkey", as(flag, refresh)),
  "x-portkey-config": of("portkey", portkeyConfig),

  "x-bf-cache-key": of(
    "bifrost",
    as(text, (draft, value) => {
      draft.exact ??= true;
      setNamespace(draft, value);
    }),
  ),
  "x-bf-cache-ttl": of("bifrost", as(duration, setTtl)),
  "x-bf-cache-type": of("bifrost", kindOf("semantic")),
  "x-bf-cache-threshold": of(
    "bifrost",
    as(similarity, (draft, value) => draft.minSimilarity ??= value),
  ),
  "x-bf-cache-no-store": of("bifrost", as(flag, noStore)),
  "x-bf-no-store": of("bifrost", as(flag, noStore)),

  "x-litellm-cache": of("litellm", as(flag, setExact)),
  "x-litellm-cache-ttl": of("litellm", as(seconds, setTtl)),
  "x-litellm-cache-namespace": of("litellm", as(text, setNamespace)),
};

/** Members of the object `cache` that LiteLLM's clients put into the body. */
const cacheMembers: Readonly<Record<string, Row>> = {
  [`${inBody}use-cache`]: of("litellm", as(flag, setExact)),
  [`${inBody}no-cache`]: of("litellm", as(flag, refresh)),
  [`${inBody}no-store`]: of("litellm", as(flag, noStore)),
  [`${inBody}ttl`]: of("litellm", as(seconds, setTtl)),
  [`${inBody}s-maxage`]: of("litellm", as(seconds, setMaxAge)),
  [`${inBody}s-max-age`]: of("litellm", as(seconds, setMaxAge)),
  [`${inBody}namespace`]: of("litellm", as(text, setNamespace)),
};

/** A header as it came: its name in lower case, and its value. */
export type RawHeader = readonly [name: string, value: string];

const rows: Readonly<Record<string, Row>> = { ...cacheHeaders, ...cacheMembers };
const order = new Map(Object.keys(rows).map((name, place) => [name, place]));

/**
 * @throws {AppError} naming a header (`invalid_header`) or a field (`bad_request`) whose value cannot be
 *   read
 *
 * @example
 * ```ts
 * import { expect } from "expect";
 * import { readCacheOptions } from "@/core/cache/options.ts";
 *
 * const options = readCacheOptions([["helicone-cache-enabled", "true"], ["cache-control", "max-age=60"]]);
 * expect(options).toMatchObject({ exact: true, ttlSeconds: 60, families: ["helicone"] });
 * expect(() => readCacheOptions([["x-watchllm-cache-ttl", "soon"]])).toThrow();
 * ```
 */
export function readCacheOptions(headers: readonly RawHeader[]): CacheOptions {
  const draft: Draft = { ...defaultOptions, families: [] };
  const sorted = [...headers].sort(([a], [b]) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  for (const [name, value] of sorted) {
    const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
    if (!row) continue;
    if (!row.apply(draft, value)) throw unreadable(name, row.expected);
    if (row.family && !draft.families.includes(row.family)) draft.families.push(row.family);
  }
  return draft;
}

function unreadable(name: string, expected: string): AppError {
  if (!name.startsWith(inBody)) return new AppError("invalid_header", { header: name, expected });
  const field = name.slice("body ".length);
  return new AppError("bad_request", { fields: [{ field, expected: `must be ${expected}` }] });
}
