import { expect } from "expect";
import fc from "fast-check";
import { emptyBuckets } from "@/core/event/usage.ts";
import { conversations } from "@/tools/simulator/corpus/all.ts";
import { createSimulator } from "@/tools/simulator/simulator.ts";
import { tokenize } from "@/tools/simulator/tokens.ts";
import { post, user } from "./ask.ts";

const fixed = { now: () => 1_770_000_000_000, sleep: () => Promise.resolve() };

Deno.test("the same seed gives the same bytes, another seed gives others", async () => {
  const run = async (seed: number) => {
    const simulator = createSimulator({ seed, clock: fixed });
    const texts = [];
    for (const question of ["One", "Two", "One"]) {
      const body = { model: "gpt-5", messages: user(question), stream: true };
      texts.push(await (await post(simulator, "/v1/chat/completions", body)).text());
    }
    return texts;
  };
  const first = await run(7);
  expect(await run(7)).toEqual(first);
  expect(await run(8)).not.toEqual(first);
  expect(first[0]).not.toBe(first[2]);
});

Deno.test("tokenize() loses nothing, whatever the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(tokenize(text).join("")).toBe(text);
    }),
  );
});

Deno.test("the corpus speaks several languages and each question finds its own answer", async () => {
  expect(new Set(conversations.map((c) => c.language)).size).toBeGreaterThanOrEqual(8);
  const simulator = createSimulator({ clock: fixed });
  for (const { turns } of conversations) {
    for (const turn of turns) {
      const body = { model: "gpt-4o", messages: user(turn.user) };
      const { choices } = await (await post(simulator, "/v1/chat/completions", body)).json();
      expect(choices[0].message.content).toBe(turn.assistant);
    }
  }
});

Deno.test("bills are kept up to the bound", async () => {
  const simulator = createSimulator({ clock: fixed, maxBills: 3 });
  for (let i = 0; i < 5; i++) {
    const response = await post(simulator, "/v1/embeddings", { model: `m${i}`, input: "x" });
    await response.text();
  }
  expect(simulator.bills.map((bill) => bill.model)).toEqual(["m2", "m3", "m4"]);
  expect(simulator.bills[0]?.buckets).toEqual({ ...emptyBuckets(), input: 1 });
});
