import { expect } from "expect";
import { costSchema } from "@/core/event/cost.ts";
import { emptyBuckets, type Usage } from "@/core/event/usage.ts";
import { price, type PriceQuery } from "@/core/pricing/price.ts";
import { type Golden, golden, unknown } from "./golden.ts";

function usageOf({ cache_write_12h, ...buckets }: Golden["used"]): Usage {
  return {
    buckets: { ...emptyBuckets(), ...buckets },
    ...(cache_write_12h !== undefined && { cache_write_12h }),
    source: "provider",
    reported_total: null,
    consistent: true,
  };
}

function queryOf({ model, at, served }: Pick<Golden, "model" | "at" | "served">): PriceQuery {
  const slash = model.indexOf("/");
  return {
    provider: model.slice(0, slash),
    model: model.slice(slash + 1),
    responseModel: null,
    at: new Date(at ?? "2026-11-20T12:00:00.000Z"),
    tier: null,
    ...served,
  };
}

/** Units × US dollars per million, added up; by whole numbers, apart from the product's own code. */
function calculated(sum: string): string {
  const scale = 9;
  const total = sum.split(" + ").reduce((total, term) => {
    const [units = "", price = ""] = term.split(" × ");
    const [whole = "0", fraction = ""] = price.split(".");
    return total + BigInt(units) * BigInt(whole + fraction.padEnd(scale, "0"));
  }, 0n);
  const digits = total.toString().padStart(scale + 7, "0");
  const [whole, fraction] = [digits.slice(0, -(scale + 6)), digits.slice(-(scale + 6))];
  return `${whole}.${fraction}`.replace(/\.?0+$/, "");
}

Deno.test("there are at least 40 golden cases", () => {
  expect(golden.length).toBeGreaterThanOrEqual(40);
});

for (const one of golden) {
  Deno.test(`price() of ${one.model}: ${one.name} is ${one.usd}`, () => {
    expect(calculated(one.sum)).toBe(one.usd);
    const cost = price(usageOf(one.used), queryOf(one));
    expect([cost.usd, cost.unpriced_reason]).toEqual([one.usd, undefined]);
    expect(costSchema.safeParse(cost).success).toBe(true);
  });
}

for (const one of unknown) {
  Deno.test(`price() of ${one.model}: ${one.name} is not known`, () => {
    const cost = price(usageOf(one.used), queryOf(one));
    expect([cost.usd, cost.lines, cost.unpriced_reason]).toEqual([null, [], one.reason]);
  });
}
