import { expect } from "expect";
import { z } from "zod";
import { bucketsOf, openRangeOf, rangeFields, rangeOf } from "@/core/analytics/range.ts";

const now = Date.UTC(2026, 2, 4, 10, 17, 3, 250);
const schema = z.object(rangeFields);

Deno.test("without dates a range is the last 24 hours", () => {
  expect(rangeOf({}, now)).toEqual({
    ok: true,
    value: { from: "2026-03-03T10:17:03.250Z", to: "2026-03-04T10:17:03.250Z" },
  });
});

Deno.test("a period and an end go back from that end", () => {
  expect(rangeOf({ period: "1h", date_to: "2026-01-01T12:00:00Z" }, now)).toMatchObject({
    value: { from: "2026-01-01T11:00:00.000Z", to: "2026-01-01T12:00:00.000Z" },
  });
});

Deno.test("dates are read in UTC, offsets are honoured, a bare date_to is its whole day", () => {
  const read = (date_from: string, date_to: string) => rangeOf({ date_from, date_to }, now);
  expect(read("2026-01-01", "2026-01-01")).toMatchObject({
    value: { from: "2026-01-01T00:00:00.000Z", to: "2026-01-02T00:00:00.000Z" },
  });
  expect(read("2026-01-01T10:00:00", "2026-01-01T10:00:00.001Z")).toMatchObject({
    value: { from: "2026-01-01T10:00:00.000Z", to: "2026-01-01T10:00:00.001Z" },
  });
  expect(read("2026-01-01T10:00:00+02:00", "2026-01-01T10:00:00Z")).toMatchObject({
    value: { from: "2026-01-01T08:00:00.000Z" },
  });
});

Deno.test("a range that ends before it begins is refused, by name", () => {
  const backwards = { date_from: "2026-02-01", date_to: "2026-01-01" };
  for (const read of [rangeOf, openRangeOf, bucketsOf]) {
    expect(read(backwards, now)).toMatchObject({ ok: false, field: "date_from" });
  }
  expect(rangeOf({ date_from: "2030-01-01" }, now)).toMatchObject({ ok: false });
});

Deno.test("lists are open where nothing was said", () => {
  expect(openRangeOf({}, now)).toEqual({ ok: true, value: {} });
  expect(openRangeOf({ date_from: "2026-01-01" }, now)).toEqual({
    ok: true,
    value: { from: "2026-01-01T00:00:00.000Z" },
  });
});

Deno.test("a chart between dates has buckets of a sensible width", () => {
  const widthOf = (date_from: string, date_to: string) => {
    const read = bucketsOf({ date_from, date_to }, now);
    return read.ok ? read.value.bucketSeconds : read.field;
  };
  expect(widthOf("2026-01-01T00:00:00Z", "2026-01-01T02:00:00Z")).toBe(60);
  expect(widthOf("2026-01-01T00:00:00Z", "2026-01-01T03:00:00Z")).toBe(300);
  expect(widthOf("2026-01-01", "2026-01-02")).toBe(1_800);
  expect(widthOf("2026-01-01", "2026-01-05")).toBe(3_600);
  expect(widthOf("2026-01-01", "2026-01-20")).toBe(21_600);
  expect(widthOf("2026-01-01", "2026-12-31")).toBe(86_400);
  expect(widthOf("1990-01-01", "2026-12-31")).toBe("date_from");
});

Deno.test("what is no date is refused before it is used", () => {
  for (
    const date_from of [
      "yesterday",
      "",
      "2026",
      "2026-13-01",
      "2026-02-30",
      "01/02/2026",
      "2026-01-01 10:00",
      "1969-12-31",
      "2300-01-01",
      "+012026-01-01T00:00:00Z",
      "1767225600",
      "now() - 1",
    ]
  ) {
    const read = schema.safeParse({ date_from });
    expect([date_from, read.success]).toEqual([date_from, false]);
    expect(read.error?.issues[0]?.path).toEqual(["date_from"]);
  }
});

Deno.test("an offset whose + came as a space, because nobody encoded it, is an offset", () => {
  expect(rangeOf({ date_from: "2026-01-30T02:00:00 02:00", date_to: "2026-01-31" }, 0)).toEqual({
    ok: true,
    value: { from: "2026-01-30T00:00:00.000Z", to: "2026-02-01T00:00:00.000Z" },
  });
  expect(rangeFields.date_from.safeParse("2026-01-30T02:00:00 02:00").success).toBe(true);
  expect(rangeFields.date_from.safeParse("2026-01-30 02:00:00").success).toBe(false);
  expect(rangeFields.date_from.safeParse("2026-01-30 02:00").success).toBe(false);
});
