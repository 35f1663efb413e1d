/** Filters as text: what is read, what is refused, and that writing and reading agree. */
import { expect } from "expect";
import fc from "fast-check";
import { readFilterText, writeFilterText } from "@/core/analytics/filter_text.ts";
import { filterFields, querySchema } from "@/core/analytics/filters.ts";

const fieldsOf = (text: string) => readFilterText(text).fields;

Deno.test("names, words, codes and texts are told apart", () => {
  expect(fieldsOf("model:gpt-4o model:o3 provider:openai user:u_81")).toEqual({
    model: ["gpt-4o", "o3"],
    provider: ["openai"],
    user_id: ["u_81"],
  });
  expect(fieldsOf("error 429 5XX hit")).toEqual({
    status: ["error", "429", "5xx"],
    cache: ["HIT"],
  });
  expect(fieldsOf(`where is "my order" "error"`)).toEqual({ q: ["where is my order error"] });
  expect(fieldsOf(`property.team:"red hat" "property.a b":c`)).toEqual({
    "property.team": ["red hat"],
    "property.a b": ["c"],
  });
});

Deno.test("keys are filters of their own, and no secret gets into an address", () => {
  expect(fieldsOf(`key:AbCdEf123456 provider_key:"Our key" provider_key:pk_1`)).toEqual({
    key_id: ["AbCdEf123456"],
    provider_key_id: ["Our key", "pk_1"],
  });
  const whole = `wl_live_AbCdEf123456_${"s".repeat(43)}`;
  for (const typed of [whole, "wl_live_AbCdEf123456", "wl_test_AbCdEf123456_…"]) {
    expect(fieldsOf(`key:${typed}`)).toEqual({ key_id: ["AbCdEf123456"] });
  }
  expect(writeFilterText({ key_id: ["AbCdEf123456"], provider_key_id: ["Our key"] }))
    .toBe(`key:AbCdEf123456 provider_key:"Our key"`);
});

Deno.test("costs and latencies are spans, in any unit", () => {
  expect(fieldsOf("cost:>0.01 latency:<=500ms")).toEqual({
    cost_min: ["0.01"],
    latency_max: ["500"],
  });
  expect(fieldsOf("cost:$0.1..0.5 latency:1.5s..2min")).toEqual({
    cost_min: ["0.1"],
    cost_max: ["0.5"],
    latency_min: ["1500"],
    latency_max: ["120000"],
  });
});

Deno.test("what looks like a filter and is none is a problem, with a way out", () => {
  for (
    const text of [
      "modle:gpt",
      "team:red",
      "cost:cheap",
      "latency:>fast",
      "status:broken",
      "cache:maybe",
      "model:",
    ]
  ) {
    const { fields, problems } = readFilterText(text);
    expect([text, fields]).toEqual([text, {}]);
    expect(problems).toEqual([{ part: text, message: expect.stringMatching(/\.$/) }]);
  }
  expect(fieldsOf("https://a.example 12:30")).toEqual({ q: ["https://a.example 12:30"] });
});

Deno.test("nothing that is typed breaks the reader, and the API takes what it gives", () => {
  const schema = querySchema(filterFields);
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
    const { fields } = readFilterText(text);
    for (const [name, values] of Object.entries(fields)) {
      if (name === "q" || values.some((value) => value.length === 0)) continue;
      const value = values.length === 1 ? values[0] : values;
      expect([name, schema.safeParse({ [name]: value }).success]).toEqual([name, true]);
    }
  }));
});

Deno.test("text that was written is read as the same fields", () => {
  const value = fc.string({ minLength: 1, maxLength: 20 });
  const fields = fc.record({
    model: fc.uniqueArray(value, { minLength: 1, maxLength: 3 }),
    user_id: fc.uniqueArray(value, { minLength: 1, maxLength: 2 }),
    status: fc.constantFrom(["error"], ["429", "success"]),
    cost_min: fc.constantFrom(["0.01"], ["2"]),
    latency_min: fc.constantFrom(["250"], ["1500"]),
    latency_max: fc.constantFrom(["60000"]),
    "property.a b": fc.constant(["x"]),
    q: value.filter((text) => text.trim() !== "").map((text) => [text]),
  }, { requiredKeys: [] });
  fc.assert(fc.property(fields, (asked) => {
    // A record of optional fields, which the type of readFilterText's answer does not know.
    const given = asked as Record<string, string[]>;
    expect(readFilterText(writeFilterText(given))).toEqual({ fields: given, problems: [] });
  }));
});

Deno.test("names that every object has are words and problems like all others", () => {
  expect(fieldsOf("constructor __proto__ toString")).toEqual({
    q: ["constructor __proto__ toString"],
  });
  expect(readFilterText("constructor:x __proto__:y").problems).toHaveLength(2);
  expect(Object.entries(fieldsOf("property.__proto__:y"))).toEqual([["property.__proto__", ["y"]]]);
});
