/** What the quick check takes, the schema takes, and gives back as it is. */
import { expect } from "expect";
import fc from "fast-check";
import { checkEvent } from "@/core/ingest/schema/check.ts";
import { ingestEventSchema, promptCallSchema, spanSchema } from "@/core/ingest/schema/event.ts";
import { quickCheck } from "@/core/ingest/schema/quick.ts";

const checks = {
  prompt_call: {
    check: quickCheck(promptCallSchema.shape, ["model"]),
    shape: promptCallSchema.shape,
  },
  span: { check: quickCheck(spanSchema.shape, []), shape: spanSchema.shape },
};

const value = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    "",
    "x",
    "y".repeat(128),
    "y".repeat(129),
    "y".repeat(257),
    0,
    -1,
    1.5,
    1e12,
    1e13,
    1e300,
    NaN,
    Infinity,
    4e12,
    10_098_259_200_000,
    true,
    [],
    {},
    "2026-02-28T10:00:00Z",
    "2026-02-30T10:00:00Z",
    "2026-02-28T10:00:00.123456789Z",
    "2026-02-28T10:00:00",
    "2026-02-28T10:00:00+02:00",
    "1969-02-28T10:00:00Z",
    "2026-02-28T24:00:00Z",
    "success",
    "chat",
    "span",
    { a: 1 },
    { a: { b: [] } },
    Object.fromEntries(Array.from({ length: 51 }, (_, i) => [i, "x"])),
    JSON.parse('{"__proto__":1}'),
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

for (const type of ["prompt_call", "span"] as const) {
  const names = [...Object.keys(checks[type].shape), "own", "__proto__"];
  Deno.test(`${type}: what is taken quickly is what the schema gives`, () => {
    let taken = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 4 }),
        fc.constantFrom<unknown>("gpt-4o", "gpt-4o", "gpt-4o", "", null, 5),
        (entries, model) => {
          const event: Record<string, unknown> = { type, model };
          for (const [name, one] of entries) {
            if (name === "type") continue;
            Object.defineProperty(event, name, {
              value: one,
              enumerable: true,
              configurable: true,
              writable: true,
            });
          }
          if (!checks[type].check(event)) return;
          taken++;
          const parsed = ingestEventSchema.safeParse(event);
          expect(parsed.success).toBe(true);
          expect(parsed.data).toEqual(event);
        },
      ),
      { numRuns: 5_000 },
    );
    expect(taken).toBeGreaterThan(200);
  });
}

Deno.test("a plain event is taken quickly, a doubtful one by the schema", () => {
  const plain = { type: "prompt_call", model: "gpt-4o", timestamp: "2026-11-23T09:00:00.000Z" };
  expect(checkEvent(plain)).toEqual({ success: true, data: plain });
  expect((checkEvent(plain) as { data: unknown }).data).toBe(plain);
  const sdk = { type: "span", kind: "agent", name: "a", status: "success", attributes: { a: [1] } };
  expect((checkEvent(sdk) as { data: unknown }).data).toBe(sdk);
  expect(checkEvent({ ...plain, cost_usd: "0.5" })).toMatchObject({ success: true });
  expect(checkEvent({ ...plain, tokens_input: -1 })).toMatchObject({ success: false });
});
