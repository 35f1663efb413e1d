import { expect } from "expect";
import fc from "fast-check";
import { setMember } from "@/core/gateway/json_edit.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function edit(source: string, name: string, value: string): string | null {
  const edited = setMember(encoder.encode(source), name, value);
  return edited && decoder.decode(edited);
}

Deno.test("setMember() sets the member and nothing else, in any JSON object", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()),
      fc.constantFrom(0, 1, 2, "\t"),
      fc.boolean(),
      (object, indent, present) => {
        const original = present ? { ...object, model: 'a/b"\\{' } : object;
        const edited = edit(JSON.stringify(original, null, indent), "model", '"c"');
        const expected = { ...JSON.parse(JSON.stringify(original)), model: "c" };
        expect(JSON.parse(edited ?? "")).toEqual(expected);
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("setMember() keeps numbers, spacing and order as they were written", () => {
  expect(edit('{ "n" : 1.50, "model" : "groq/x" ,"big":12345678901234567890 }', "model", '"x"'))
    .toBe('{ "n" : 1.50, "model" : "x" ,"big":12345678901234567890 }');
  expect(edit(' {"a":[{"model":"inner"}]}', "model", '"x"'))
    .toBe(' {"model":"x","a":[{"model":"inner"}]}');
  expect(edit("{}", "model", '"x"')).toBe('{"model":"x"}');
  expect(edit('{"\\u006dodel":"a"}', "model", '"x"')).toBe('{"\\u006dodel":"x"}');
  expect(edit('{"model":null,"stream_options":{"include_usage":false}}', "stream_options", "{}"))
    .toBe('{"model":null,"stream_options":{}}');
});

Deno.test("setMember() refuses what is no object", () => {
  for (const source of ["", "[]", "null", '"text"', "  "]) {
    expect(edit(source, "model", '"x"')).toBe(null);
  }
});
