/**
 * What a request says about the cache, by our names or by the peers' (`option_table.ts`). What cannot be
 * read is refused, never taken for no cache.
 *
 * @module
 */
import { AppError } from "../error.ts";
import { inBody } from "./body_options.ts";
import type { Draft, Row } from "./option_rows.ts";
import { cacheHeaders, cacheMembers } from "./option_table.ts";
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
  readonly buckets: number | null;
  readonly ignore: readonly string[];
  /** What a semantic hit must reach besides what was learnt. */
  readonly minSimilarity: number | null;
  /** Whether the answer's head tells the decision. */
  readonly explain: boolean;
  readonly families: readonly Family[];
}

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
  buckets: null,
  ignore: [],
  minSimilarity: null,
  explain: false,
  families: [],
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
