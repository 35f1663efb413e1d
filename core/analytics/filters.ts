/**
 * The one grammar of filters: what a query string may hold, and what it means. Nothing of it ever
 * becomes SQL text: `where.ts` binds every value as a parameter.
 *
 * @module
 */
import { z } from "zod";
import type { Filters, GroupBy } from "./contract.ts";
import { mostWords, searchWords } from "./search.ts";

const text = z.string().min(1, "must not be empty: leave the field out instead").max(1_000);
const several = <T extends z.ZodType<string>>(one: T) =>
  z.union([one, z.array(one).min(1).max(100)], { error: firstReason }).optional();

const status = text.regex(
  /^(success|error|aborted|[1-5]\d\d|[1-5]xx)$/,
  "must be success, error, aborted, a status code such as 429, or a class such as 4xx",
);
const cache = text.regex(
  /^(HIT|HIT-SEMANTIC|HIT-COALESCED|MISS|BYPASS)$/i,
  "must be HIT, HIT-SEMANTIC, HIT-COALESCED, MISS or BYPASS",
);

const usd = z.string().regex(
  /^\d{1,6}(\.\d{1,12})?$/,
  "must be US dollars as a decimal number, e.g. 0.01",
);
const milliseconds = z.string().regex(
  /^\d{1,9}(\.\d{1,3})?$/,
  "must be milliseconds as a number, e.g. 500",
);

/** Fields that have one value. */
const single: ReadonlySet<string> = new Set(["q", "cost_min", "cost_max"]);
const numeric: ReadonlySet<string> = new Set(["latency_min", "latency_max"]);

/** The fields of a query string that filter. A field may be repeated: any of its values will do. */
export const filterFields = {
  status: several(status),
  provider: several(text),
  model: several(text),
  user_id: several(text),
  session_id: several(text),
  trace_id: several(text),
  key_id: several(text),
  provider_key_id: several(text),
  cache: several(cache),
  type: several(text),
  endpoint: several(text),
  cost_min: usd.optional(),
  cost_max: usd.optional(),
  latency_min: milliseconds.optional(),
  latency_max: milliseconds.optional(),
  /** Words that all stand in the request's or the answer's body. */
  q: text.refine(
    (q) => searchWords(q).length <= mostWords,
    `must not have more than ${mostWords} words`,
  ).optional(),
};

const propertyPrefix = "property.";
const propertyName = z.string().min(1).max(200);

/**
 * The schema of a whole query string: the fields given, filters of properties (`property.<name>`), and
 * nothing else, because a misspelt filter that is ignored shows the wrong rows.
 */
export function querySchema<T extends z.ZodRawShape>(fields: T) {
  return z.object(fields).catchall(z.union([text, z.array(text).max(100)])).superRefine(
    (query, context) => {
      for (const name of Object.keys(query)) {
        if (Object.hasOwn(fields, name) || isPropertyField(name)) continue;
        context.addIssue({
          code: "custom",
          path: [name],
          message: `is not known here: use ${Object.keys(fields).join(", ")} or property.<name>`,
        });
      }
    },
  );
}

export const groupBySchema = z.union([
  z.enum([
    "provider",
    "model",
    "user",
    "session",
    "key",
    "provider_key",
    "endpoint",
    "status",
    "cache",
    "error",
  ]),
  z.templateLiteral([propertyPrefix, propertyName]),
], {
  error: "must be provider, model, user, session, key, provider_key, endpoint, status, cache, " +
    "error or property.<name>",
});

/**
 * What a checked query string asks for.
 *
 * @example
 * ```ts
 * import { filtersOf } from "@/core/analytics/filters.ts";
 * import { expect } from "expect";
 *
 * expect(filtersOf({ model: "gpt-4o", cache: ["hit", "miss"], "property.team": "search" })).toEqual({
 *   model: ["gpt-4o"],
 *   cache: ["HIT", "MISS"],
 *   properties: { team: ["search"] },
 * });
 * ```
 */
export function filtersOf(query: Readonly<Record<string, unknown>>): Filters {
  const filters: Record<string, unknown> = {};
  const properties = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (isPropertyField(name)) properties.set(name.slice(propertyPrefix.length), listOf(value));
    else if (single.has(name)) filters[name] = value;
    else if (numeric.has(name)) filters[name] = Number(value);
    else if (name === "cache") filters[name] = listOf(value).map((one) => one.toUpperCase());
    else if (Object.hasOwn(filterFields, name)) filters[name] = listOf(value);
  }
  // `fromEntries` makes own fields of all names: a property may be called __proto__.
  return { ...filters, ...(properties.size > 0 && { properties: Object.fromEntries(properties) }) };
}

/** The property that a `group_by` names, or null when it names a column. */
export function groupedProperty(groupBy: GroupBy): string | null {
  return groupBy.startsWith(propertyPrefix) ? groupBy.slice(propertyPrefix.length) : null;
}

function isPropertyField(name: string): boolean {
  return name.startsWith(propertyPrefix) &&
    propertyName.safeParse(name.slice(propertyPrefix.length)).success;
}

function listOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** Of a union's refusals the first says what a single value must be. */
function firstReason(issue: { readonly errors?: unknown }): string | undefined {
  const reasons = z.array(z.array(z.object({ message: z.string() }))).safeParse(issue.errors);
  return reasons.success ? reasons.data[0]?.[0]?.message : undefined;
}
