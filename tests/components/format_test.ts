import { expect } from "expect";
import {
  countOf,
  formatAgo,
  formatCount,
  formatDuration,
  formatRate,
  shortenId,
} from "@/components/format.ts";
import { formatBucket, formatInstant, formatTick } from "@/components/zone.ts";

function check<T>(format: (value: T) => string, cases: readonly (readonly [T, string])[]) {
  for (const [value, text] of cases) expect([value, format(value)]).toEqual([value, text]);
}

Deno.test("formatCount() is exact below ten thousand and short above", () => {
  check(formatCount, [
    [0, "0"],
    [999, "999"],
    [9_871, "9,871"],
    [12_430, "12.4k"],
    [
      999_999,
      "1M",
    ],
    [3_100_000, "3.1M"],
    [2_000_000_000, "2B"],
  ]);
});

Deno.test("formatDuration() uses the unit that people say", () => {
  // Nobody told how long it took.
  expect(formatDuration(null)).toBe("–");
  check(formatDuration, [
    [0, "0 ms"],
    [0.3, "< 1 ms"],
    [842.4, "842 ms"],
    [999.6, "1.00 s"],
    [
      1_240,
      "1.24 s",
    ],
    [9_999, "10.0 s"],
    [12_400, "12.4 s"],
    [59_990, "1 min 00 s"],
    [125_000, "2 min 05 s"],
    [
      3_599_900,
      "1 h 00 min",
    ],
    [12_000_000, "3 h 20 min"],
    [864_000_000, "10 days"],
  ]);
});

Deno.test("formatRate() rounds no error away", () => {
  check(formatRate, [
    [0, "0 %"],
    [0.0004, "< 0.1 %"],
    [0.007, "0.7 %"],
    [0.02, "2.0 %"],
    [0.0996, "10 %"],
    [
      0.416,
      "42 %",
    ],
    [0.9999, "> 99.9 %"],
    [1, "100 %"],
  ]);
});

Deno.test("formatAgo() counts from now and never into the future", () => {
  const now = Date.parse("2026-11-02T12:00:00.000Z");
  check((iso: string) => formatAgo(iso, now), [
    ["2026-11-02T12:00:05.000Z", "just now"],
    ["2026-11-02T11:59:20.000Z", "40 s ago"],
    ["2026-11-02T11:56:00.000Z", "4 min ago"],
    ["2026-11-02T09:00:00.000Z", "3 h ago"],
    ["2026-10-21T12:00:00.000Z", "12 days ago"],
  ]);
});

Deno.test("shortenId() keeps both ends", () => {
  expect(shortenId("01JD3FABCDEFGHJKMNPQRS9KQ2")).toBe("01JD3F…9KQ2");
  expect(shortenId("short")).toBe("short");
});

Deno.test("countOf() speaks of one and of many", () => {
  check((n: number) => countOf(n, "event"), [[0, "0 events"], [1, "1 event"], [
    12_430,
    "12.4k events",
  ]]);
});

Deno.test("times follow the zone they are given", () => {
  const at = "2026-11-02T23:30:00.000Z";
  expect(formatTick(at, 300, "UTC")).toBe("23:30");
  expect(formatTick(at, 300, "Europe/Vienna")).toBe("00:30");
  expect(formatTick(at, 86_400, "UTC")).toBe("2 Nov");
  expect(formatBucket(at, 1_800, "UTC")).toBe("Mon 2 Nov, 23:30 to 00:00");
  expect(formatInstant(at, "Europe/Vienna")).toBe("3 Nov 2026, 00:30:00");
});
