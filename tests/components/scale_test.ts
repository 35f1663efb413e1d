import { expect } from "expect";
import fc from "fast-check";
import { axisOf, type Unit } from "@/components/chart/data.ts";
import { scaleOf } from "@/components/scale.ts";

Deno.test("scaleOf() gives counts an axis of whole numbers, four at least", () => {
  expect(scaleOf([], "counts")).toEqual({ max: 4, step: 2 });
  expect(scaleOf([0, 1], "counts")).toEqual({ max: 4, step: 2 });
  expect(scaleOf([5], "counts")).toEqual({ max: 6, step: 3 });
  expect(scaleOf([101], "counts")).toEqual({ max: 120, step: 60 });
});

Deno.test("scaleOf() fits amounts of any size", () => {
  expect(scaleOf([0, 0], "amounts")).toEqual({ max: 1, step: 0.5 });
  expect(scaleOf([0.00041], "amounts")).toEqual({ max: 0.0005, step: 0.00025 });
  expect(scaleOf([1284.2], "amounts")).toEqual({ max: 1500, step: 750 });
});

Deno.test("scaleOf() ends durations above a minute at whole minutes, hours and days", () => {
  const minute = 60_000;
  const end = (minutes: number) => scaleOf([minutes * minute], "durations").max / minute;
  expect(scaleOf([1_500], "durations")).toEqual({ max: 1_500, step: 750 });
  expect([1.1, 62, 130, 24 * 60, 100 * 60].map(end)).toEqual([2, 120, 240, 1_440, 7_200]);
});

Deno.test("the labels of an axis have room, whatever they are", () => {
  const axis = (unit: Unit, value: number) =>
    axisOf({
      unit,
      shape: "lines",
      open: false,
      bucketSeconds: 60,
      at: ["2026-11-23T08:00:00.000Z"],
      lines: [{ label: "one", color: "series-1", values: [value] }],
    });
  expect(axis("ms", 3_700_000)).toMatchObject({ labels: ["2 h", "1 h", "0"], isWide: false });
  expect(axis("ms", 4 * 60_000).labels).toEqual(["4 min", "2 min", "0"]);
  expect(axis("usd", 0.0000121)).toMatchObject({
    labels: ["$0.000015", "$0.0000075", "$0"],
    isWide: true,
  });
  expect(axis("usd", 14).isWide).toBe(false);
});

Deno.test("scaleOf() holds every value and wastes less than half of the height", () => {
  const value = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
  fc.assert(fc.property(fc.array(value, { minLength: 1 }), (values) => {
    const { max } = scaleOf(values, "amounts");
    const largest = Math.max(...values);
    expect(max).toBeGreaterThanOrEqual(largest * 0.99999);
    expect(max).toBeLessThanOrEqual(largest * 2);
  }));
});
