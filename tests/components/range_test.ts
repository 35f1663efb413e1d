/** A range of one's own: from the form to the address and back, in any zone. */
import { expect } from "expect";
import fc from "fast-check";
import { bucketsOf } from "@/core/analytics/range.ts";
import { chosenRange, fieldsOf, withTimesJoined } from "@/components/range_form.ts";
import { rangeLabel, rangeQuery, readView } from "@/components/view.ts";
import { momentOf, wallAt } from "@/components/wall_clock.ts";

const zones = [
  "UTC",
  "Europe/Vienna",
  "America/New_York",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "Pacific/Apia",
];
const zone = fc.constantFrom(...zones);
const minutes = fc.integer({
  min: Date.UTC(2015, 0, 1) / 60_000,
  max: Date.UTC(2035, 0, 1) / 60_000,
}).map((minute) => minute * 60_000);

const view = (query: string) => readView(new URLSearchParams(query));

Deno.test("a moment's wall clock leads back to it, but for the hour that autumn repeats", () => {
  fc.assert(fc.property(minutes, zone, (moment, zone) => {
    const wall = wallAt(moment, zone);
    const back = momentOf(wall, zone);
    expect(wallAt(back, zone)).toEqual(wall);
    expect([0, 30, 60]).toContain((moment - back) / 60_000);
  }));
});

Deno.test("a time that spring skips is the moment that it would have been", () => {
  const moment = momentOf({ date: "2026-03-29", time: "02:30" }, "Europe/Vienna");
  expect(new Date(moment).toISOString()).toBe("2026-03-29T01:30:00.000Z");
});

Deno.test("what the form says is the same after the address, in the same zone", () => {
  fc.assert(
    fc.property(minutes, fc.integer({ min: 1, max: 500_000 }), zone, (begin, length, zone) => {
      const from = wallAt(begin, zone);
      const to = wallAt(begin + length * 60_000, zone);
      const fields = { from: from.date, from_time: from.time, to: to.date, to_time: to.time };
      const chosen = chosenRange(fields, zone);
      // The hour that autumn repeats may leave nothing between the two.
      if (!chosen.ok) return;
      const { range, problem } = view(`from=${chosen.from}&to=${chosen.to}`);
      expect(problem).toBe(undefined);
      expect(chosenRange(fieldsOf(range, zone), zone)).toMatchObject({ ok: true });
      expect(bucketsOf(rangeQuery(range), 0).ok).toBe(true);
    }),
  );
});

Deno.test("whole days of a zone stay whole days, on the day that clocks change too", () => {
  const days = { from: "2026-10-25", from_time: "", to: "2026-10-25", to_time: "" };
  const chosen = chosenRange(days, "Europe/Vienna");
  expect(chosen).toEqual({ ok: true, from: "2026-10-24T22:00:00Z", to: "2026-10-25T23:00:00Z" });
  if (!chosen.ok) return;
  const range = { kind: "dates", from: chosen.from, to: chosen.to } as const;
  expect(fieldsOf(range, "Europe/Vienna")).toEqual(days);
  expect(rangeLabel(range, "Europe/Vienna")).toBe("25 Oct 2026");
  expect(rangeLabel(range)).toBe("24 Oct, 22:00 to 25 Oct, 23:00 UTC");
});

Deno.test("an end that is not after the beginning is refused with a sentence", () => {
  const fields = { from: "2026-11-03", from_time: "10:00", to: "2026-11-03", to_time: "10:00" };
  expect(chosenRange(fields, "UTC")).toEqual({
    ok: false,
    field: "to",
    message: "The end must be later than the beginning.",
  });
});

Deno.test("an address whose range is none shows the last 24 hours and says why", () => {
  for (
    const [query, said] of [
      ["from=2026-11-03&to=2026-11-01", "ends before it begins"],
      ["from=2026-11-03T10:00Z&to=2026-11-03T10:00Z", "ends before it begins"],
      ["from=2026-11-03", "needs a first and a last day"],
      ["from=2026-02-31&to=2026-03-02", "needs a first and a last day"],
      ["from=1980-01-01&to=2026-03-02", "longer than ten years"],
    ] as const
  ) {
    const { range, problem } = view(query);
    expect([query, range]).toEqual([query, { kind: "period", period: "24h" }]);
    expect(problem).toContain(said);
  }
  expect(view("from=2026-11-03&to=2026-11-03").problem).toBe(undefined);
  expect(view("from=2026-11-03T10:00Z&to=2026-11-03").problem).toBe(undefined);
});

Deno.test("times that a form sent without script become part of the address", () => {
  const url = new URL(
    "http://here/dashboard?project=p&from=2026-11-01&from_time=08:30&to=2026-11-02&to_time=",
  );
  expect(withTimesJoined(url)?.search).toBe("?project=p&from=2026-11-01T08%3A30Z&to=2026-11-02");
  expect(withTimesJoined(new URL("http://here/dashboard?from=2026-11-01"))).toBe(null);
});
