import { expect } from "expect";
import fc from "fast-check";
import { type SseEvent, SseParser } from "@/core/gateway/sse.ts";

const encoder = new TextEncoder();

function parse(bytes: Uint8Array, cuts: readonly number[]): SseEvent[] {
  const parser = new SseParser();
  const events: SseEvent[] = [];
  let from = 0;
  for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
    events.push(...parser.push(bytes.subarray(from, cut)));
    from = cut;
  }
  return [...events, ...parser.end()];
}

const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
const line = fc.oneof(
  fc.string({ unit: "grapheme" }).map((text) => `data: ${text.replace(/[\r\n]/g, "")}`),
  fc.constantFrom(
    "",
    ": comment",
    "event: délta",
    "data",
    "data:x",
    "id: 1",
    "retry: 5",
    "other: y",
  ),
);

Deno.test("the parser gives the same events for any chunking", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(line, lineEnd), { maxLength: 30 }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (lines, random) => {
        const bytes = encoder.encode(lines.map((pair) => pair.join("")).join(""));
        const whole = parse(bytes, []);
        const cuts = [...random.take(12)].map((at) => Math.floor(at * bytes.length));
        expect(parse(bytes, cuts)).toEqual(whole);
        expect(parse(bytes, [...bytes.keys()])).toEqual(whole);
      },
    ),
    { numRuns: 300 },
  );
});

const cases: readonly (readonly [string, string, readonly SseEvent[]])[] = [
  ["a plain event", "data: a\n\n", [{ event: "", data: "a" }]],
  ["a named event", "event: x\ndata: a\n\n", [{ event: "x", data: "a" }]],
  ["several data lines", "data: a\ndata: b\n\n", [{ event: "", data: "a\nb" }]],
  ["carriage returns alone", "data: a\r\rdata: b\r\r", [
    { event: "", data: "a" },
    { event: "", data: "b" },
  ]],
  ["both line ends", "data: a\r\n\r\ndata: b\n\n", [
    { event: "", data: "a" },
    { event: "", data: "b" },
  ]],
  ["comments and unknown fields", ": ping\nretry: 1\n\ndata: a\n\n", [{ event: "", data: "a" }]],
  ["an event without data", "event: ping\n\ndata: a\n\n", [{ event: "", data: "a" }]],
  ["a missing empty line at the end", "data: a\n\ndata: b", [
    { event: "", data: "a" },
    { event: "", data: "b" },
  ]],
  ["one space after the colon at most", "data:  a\ndata:b\n\n", [{ event: "", data: " a\nb" }]],
  ["a byte order mark", "\ufeffdata: a\n\n", [{ event: "", data: "a" }]],
];

for (const [name, source, events] of cases) {
  Deno.test(`the parser reads ${name}`, () => {
    const bytes = encoder.encode(source);
    expect(parse(bytes, [])).toEqual(events);
    expect(parse(bytes, [...bytes.keys()])).toEqual(events);
  });
}
