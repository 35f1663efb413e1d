import { expect } from "expect";
import fc from "fast-check";
import { scaleOf } from "@/components/scale.ts";

Deno.test("scaleOf() gives counts an axis of whole numbers, four at least", () => {
  expect(scaleOf([], "counts")).toEqual({ max: 4, step: 2 });
  expect(scaleOf([0, 1], "counts")).toEqual({ max: 4, step: 2 });
  expect(scaleOf([5], "counts")).toEqual({ max: 6, step: 3 });
  expect(scaleOf([101], "counts")).toEqual({ max: 150, step: 75 });
});

Deno.test("scaleOf() fits amounts of any size", () => {
  expect(scaleOf([0, 0], "amounts")).toEqual({ max: 1, step: 0.5 });
  expect(scaleOf([0.00041], "amounts")).toEqual({ max: 0.0005, step: 0.00025 });
  expect(scaleOf([1284.2], "amounts")).toEqual({ max: 1500, step: 750 });
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
