import { expect } from "expect";
import fc from "fast-check";
import { removeMember, setMember } from "@/core/gateway/json_edit.ts";

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

Deno.test("removeMember() takes the member out and nothing else, from any JSON object", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()),
      fc.jsonValue(),
      fc.constantFrom(0, 1, 2, "\t"),
      fc.nat(),
      (object, value, indent, place) => {
        const { cache: _, ...others } = object;
        const before = Object.entries(JSON.parse(JSON.stringify(others)));
        const entries = before.toSpliced(place % (before.length + 1), 0, ["cache", value]);
        const source = JSON.stringify(Object.fromEntries(entries), null, indent);
        const removed = decoder.decode(removeMember(encoder.encode(source), "cache"));
        expect(JSON.parse(removed)).toEqual(Object.fromEntries(before));
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("removeMember() keeps the rest as it was written, and what is no object", () => {
  const removed = (source: string) => decoder.decode(removeMember(encoder.encode(source), "cache"));
  expect(removed('{ "n" : 1.50 , "cache" : {"ttl":1} , "big":12345678901234567890 }'))
    .toBe('{ "n" : 1.50 ,  "big":12345678901234567890 }');
  expect(removed('{"n":1.50 , "cache":1 }')).toBe('{"n":1.50 }');
  expect(removed('{"cache":1,"a":{"cache":2},"cache":3}')).toBe('{"a":{"cache":2}}');
  expect(removed('{"cache":1}')).toBe("{}");
  for (const source of ["", "[]", '"cache"', '{"other":1}']) expect(removed(source)).toBe(source);
});
