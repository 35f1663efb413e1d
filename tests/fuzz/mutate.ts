/** Bodies that are nearly right: a seed of each route with a few places changed, in few steps to shrink. */
import fc from "fast-check";

/** One change: where, how, and with what; each number is taken modulo what there is. */
export type Change = readonly [where: number, how: number, what: number];

export const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.tuple(fc.nat(9_999), fc.nat(6), fc.nat(9_999)),
  { maxLength: 6 },
);

const half = "\ud83d";

/** Values that fit nowhere, or barely. */
const odd: readonly unknown[] = [
  null,
  "",
  " ",
  half,
  "\u0000",
  "x".repeat(129),
  "x".repeat(300),
  "é".repeat(5_000),
  0,
  -1,
  1.5,
  -0,
  2 ** 53,
  1e300,
  99_999_999_999_999,
  true,
  false,
  [],
  {},
  [[]],
  [null],
  [{}],
  { toString: 1 },
  { message: "m", code: 5 },
  { type: "text", text: 5 },
  "2026-03-04T09:00:00Z",
  "2026-02-30T09:00:00Z",
  "0000-00-00",
  "1e9",
  "-1",
  "NaN",
  "success",
  "error",
  "gpt-4o",
  "[1,2]",
  '{"messages":5}',
  '[{"role":"user","parts":[null,5]}]',
  '"quoted"',
  "{",
  "AAAAAAAAAAA=",
  { stringValue: "x" },
  { intValue: "99999999999999999999" },
  { arrayValue: { values: [{ kvlistValue: { values: [{ key: "a" }] } }] } },
  { input_tokens: 5, output_tokens: -1, cache_read_input_tokens: 7 },
  { prompt_tokens: 1e16 },
  { promptTokenCount: 3, candidatesTokenCount: "4" },
  Array.from({ length: 60 }, (_, i) => i),
  Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, i])),
];

const names: readonly string[] = [
  "type",
  "id",
  "event_id",
  "timestamp",
  "model",
  "provider",
  "messages",
  "prompt",
  "input",
  "response",
  "output",
  "usage",
  "tokens_input",
  "cost_usd",
  "latency_ms",
  "error",
  "status",
  "tool_calls",
  "properties",
  "metadata",
  "attributes",
  "name",
  "value",
  "rating",
  "end_time",
  "body",
  "json",
  "textBody",
  "timing",
  "traceId",
  "spanId",
  "usageDetails",
  "costDetails",
  "stringValue",
  "kvlistValue",
  "__proto__",
  "constructor",
  half,
];

type Place = { readonly in: Record<string, unknown> | unknown[]; readonly at: string | number };

/** The seed with every change made to it, one after the other; it is not to be used again. */
export function mutated(seed: unknown, all: readonly Change[]): unknown {
  const root = [seed];
  for (const [where, how, what] of all) {
    const places = placesOf(root);
    change(pick(places, where), how, what, pick(places, what));
  }
  return root[0];
}

function pick<T>(from: readonly T[], number: number): T {
  // No list here is empty.
  return from[number % from.length] as T;
}

function placesOf(value: unknown): Place[] {
  const places: Place[] = [];
  const visit = (one: unknown) => {
    if (typeof one !== "object" || one === null || places.length > 2_000) return;
    const inside = one as Place["in"];
    for (const [name, child] of Object.entries(inside)) {
      places.push({ in: inside, at: Array.isArray(inside) ? Number(name) : name });
      visit(child);
    }
  };
  visit(value);
  return places;
}

function change(place: Place, how: number, what: number, other: Place): void {
  const value = get(place);
  switch (how) {
    case 0:
    case 1:
      return set(place, structuredClone(pick(odd, what)));
    case 2:
      if (Array.isArray(place.in)) return void (place.in.length > 1 && place.in.splice(0, 1));
      return void delete place.in[place.at];
    case 3:
      if (Array.isArray(value)) return void value.push(...structuredClone(value.slice(0, 3)));
      return set(place, [value]);
    case 4:
      if (typeof value === "object" && value !== null && !Array.isArray(value)) {
        return set(
          { in: value as Record<string, unknown>, at: pick(names, what) },
          structuredClone(pick(odd, what)),
        );
      }
      return set(place, JSON.stringify(value) ?? null);
    case 5:
      return set(place, structuredClone(get(other)));
    default:
      return set(place, typeof value === "string" ? value.slice(0, what % 40) + half : { value });
  }
}

function get({ in: inside, at }: Place): unknown {
  return (inside as Record<string | number, unknown>)[at];
}

function set({ in: inside, at }: Place, value: unknown): void {
  Object.defineProperty(inside, at, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
