/** Every refusal of a schema in words that say what to do. */
import { expect } from "expect";
import { z } from "zod";
import { fieldProblems } from "@/core/field_problem.ts";
import { spanSchema } from "@/core/ingest/schema/event.ts";

function told(schema: z.ZodType, value: unknown) {
  const { error } = schema.safeParse(value);
  return error ? fieldProblems(error) : [];
}

Deno.test("a value that may be of several kinds, and an object of several forms, is told in words", () => {
  expect(told(spanSchema, { type: "span", properties: { a: {} } })).toEqual([
    { field: "properties.a", expected: "must be text, a number, true or false or null" },
  ]);
  const credential = z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("api_key") }),
    z.object({ kind: z.literal("aws") }),
  ]);
  for (const given of [{}, { kind: "gcp" }]) {
    expect(told(z.object({ credential }), { credential: given })).toEqual([
      { field: "credential.kind", expected: "must be one of api_key, aws" },
    ]);
  }
});

Deno.test("a union's own words go before ours", () => {
  const schema = z.object({ at: z.union([z.string(), z.number()], "must be a time") });
  expect(told(schema, { at: {} })).toEqual([{ field: "at", expected: "must be a time" }]);
});
