/**
 * Island props survive the way into the document and out of it.
 */
import { computed, type Signal, signal } from "@preact/signals";
import { expect } from "expect";
import fc from "fast-check";
import { parse } from "@/fresh/wire/parse.ts";
import { stringify } from "@/fresh/wire/stringify.ts";

/** Reads with signals of the same library. */
function roundTrip(value: unknown): unknown {
  return parse(stringify(value), {
    signal,
    computed: (value) => computed(() => value),
    slot: (id, name) => ({ id, name }),
  });
}

Deno.test("any plain data comes back equal", () => {
  const data = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withSparseArray: true,
    withNullPrototype: false,
  });
  fc.assert(fc.property(data, (value) => {
    expect(roundTrip(value)).toEqual(value);
  }));
});

Deno.test("any text comes back as it was", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    expect(roundTrip({ text })).toEqual({ text });
  }));
});

Deno.test("numbers without a JSON form come back", () => {
  const numbers = [NaN, Infinity, -Infinity, -0, 0, 1e300];
  const back = roundTrip(numbers) as number[];
  expect(back.every((number, i) => Object.is(number, numbers[i]))).toBe(true);
  expect(roundTrip(undefined)).toBe(undefined);
  expect(roundTrip(null)).toBe(null);
});

Deno.test("built-in objects keep their types", () => {
  const value = {
    url: new URL("https://example.test/a?b#c"),
    pattern: /a"\/b/gi,
    bytes: new Uint8Array([0, 127, 255]),
    day: Temporal.PlainDate.from("2026-02-28"),
    never: new Date(NaN),
  };
  const back = roundTrip(value) as typeof value;
  expect(back.url.href).toBe(value.url.href);
  expect(back.pattern).toEqual(value.pattern);
  expect(back.bytes).toEqual(value.bytes);
  expect(back.day.equals(value.day)).toBe(true);
  expect(back.never.getTime()).toBe(NaN);
});

Deno.test("a part of a larger buffer is carried alone", () => {
  const whole = new Uint8Array([1, 2, 3, 4]);
  expect(roundTrip(whole.subarray(1, 3))).toEqual(new Uint8Array([2, 3]));
});

Deno.test("one object in two places stays one, and cycles close", () => {
  const shared = { name: "shared" };
  const value: Record<string, unknown> = { a: shared, b: [shared] };
  value.self = value;
  const back = roundTrip(value) as { a: unknown; b: unknown[]; self: unknown };
  expect(back.a).toBe(back.b[0]);
  expect(back.self).toBe(back);
});

Deno.test("one signal in two places stays one, and keeps its value's type", () => {
  const count = signal(new Set([1n]));
  const back = roundTrip([{ count }, { count }]) as { count: Signal<Set<bigint>> }[];
  expect(back[0]?.count).toBe(back[1]?.count);
  expect(back[0]?.count.value).toEqual(new Set([1n]));
});

Deno.test("a computed signal comes back as one that can't be set", () => {
  const back = roundTrip(computed(() => 7)) as { value: number };
  expect(back.value).toBe(7);
  expect(() => back.value = 8).toThrow();
});

Deno.test("a key named __proto__ is only a key", () => {
  const hostile: object = JSON.parse('{"__proto__": {"polluted": true}}');
  const back = roundTrip(hostile) as { polluted?: boolean };
  expect(Object.keys(back)).toEqual(["__proto__"]);
  expect(back.polluted).toBe(undefined);
});

Deno.test("what can't be sent is refused with its path", () => {
  class Account {}
  expect(() => stringify({ on: { click: () => {} } })).toThrow(
    "function to an island: props.on.click",
  );
  expect(() => stringify([{ key: Symbol("s") }])).toThrow("symbol to an island: props[0].key");
  expect(() => stringify({ who: new Account() })).toThrow(
    "instance of Account to an island: props.who",
  );
});
