import { expect } from "expect";
import fc from "fast-check";
import { CommitGate } from "@/core/gateway/commit_gate.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const lastLines = ["data: [DONE]", "data:[DONE]"];

/** Passes a stream through a gate in pieces; what came before the commit, and after it. */
function pass(source: string, sizes: readonly number[], stripUsage = false) {
  const gate = new CommitGate({ stripUsage, lastLines });
  const bytes = encoder.encode(source);
  const before: number[] = [];
  let piece = 0;
  for (let at = 0; at < bytes.length; piece++) {
    const size = sizes[piece % sizes.length] ?? 1;
    before.push(...gate.push(bytes.subarray(at, at + size)) ?? []);
    at += size;
  }
  gate.end();
  const after = gate.release().flatMap((held) => [...held]);
  return {
    before: decoder.decode(new Uint8Array(before)),
    all: decoder.decode(new Uint8Array([...before, ...after])),
    complete: gate.complete,
  };
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });

Deno.test("the last event never passes before the commit, in any pieces, and nothing is lost", () => {
  const stream = 'data: {"content":"data: [DONE] é"}\n\ndata: {"x":1}\r\n\r\ndata: [DONE]\n\n';
  fc.assert(fc.property(sizes, (cuts) => {
    const { before, all, complete } = pass(stream, cuts);
    expect(all).toBe(stream);
    expect(complete).toBe(true);
    // A piece may end inside the line: its beginning alone tells no client anything.
    expect(before.split(/\r?\n/)).not.toContain("data: [DONE]");
  }));
});

Deno.test("the words of the last event inside another one hold nothing", () => {
  const stream = 'data: {"content":"\\ndata: [DONE]"}\n\n: data: [DONE]\n\n';
  fc.assert(fc.property(sizes, (cuts) => {
    expect(pass(stream, cuts)).toEqual({ before: stream, all: stream, complete: false });
  }));
});

Deno.test("an event that is longer than what tells usage passes on as it comes, in any pieces", () => {
  const long = `data: {"choices":[{"delta":{"content":"${"€".repeat(30_000)}"}}]}`;
  const usage = 'data: {"choices":[],"usage":{"prompt_tokens":1}}\n\n';
  const most = fc.integer({ min: 1, max: 80_000 });
  for (const end of ["\n\n", "\r\n\r\n", "\n\r\n"]) {
    fc.assert(
      fc.property(fc.array(most, { minLength: 1, maxLength: 9 }), (cuts) => {
        const { all } = pass(usage + long + end + usage + end, cuts, true);
        expect(all).toBe(long + end + end);
      }),
      { numRuns: 5 },
    );
  }
});

Deno.test("a line that does not end is passed on instead of kept", () => {
  const gate = new CommitGate({ stripUsage: true, lastLines });
  let passed = 0;
  for (let i = 0; i < 100; i++) passed += gate.push(new Uint8Array(10_000).fill(120))?.length ?? 0;
  expect(passed).toBeGreaterThan(900_000);
});

Deno.test("what follows the words of the last event is not held for ever", () => {
  const gate = new CommitGate({ stripUsage: false, lastLines });
  gate.push(encoder.encode("data: [DONE] "));
  const piece = new Uint8Array(1024 * 1024).fill(120);
  for (let i = 0; i < 40 && !gate.complete; i++) gate.push(piece);
  expect(gate.complete).toBe(true);
});

Deno.test("the usage chunk is taken out in any pieces, and only it", () => {
  const kept = 'data: {"choices":[{"delta":{"content":"\\"choices\\":[] é"}}],"usage":null}\n\n';
  const prompt = 'data: {"choices":[],"prompt_filter_results":[]}\r\n\r\n';
  const usage = 'data: {"choices": [ ], "usage": {"prompt_tokens": 1}}\n\n';
  const end = "data: [DONE]\n\n";
  fc.assert(fc.property(sizes, (cuts) => {
    const { all } = pass(kept + prompt + usage + end, cuts, true);
    expect(all).toBe(kept + prompt + end);
  }));
});
