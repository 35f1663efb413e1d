/**
 * The learnt bound on simulated projects. Without the corpus, on made-up scores; with it, on the pairs
 * themselves (`tools/eval_semantic/simulate.ts` runs it at full size).
 */
import { expect } from "expect";
import { createMatcher } from "@/core/cache/semantic/matcher/matcher.ts";
import { pairsOf, readPairs } from "@/tools/eval_semantic/pairs.ts";
import { seededRandom } from "@/tools/seeded_random.ts";
import { scorePairs } from "@/tools/eval_semantic/scored.ts";
import { simulate, type SimulatedCall, summarise } from "@/tools/eval_semantic/simulation.ts";

const errorTarget = 0.05;
const options = {
  calls: 20_000,
  errorTarget,
  verifyShare: 0.05,
  askedBefore: 0.5,
  fixedThreshold: 0.95,
};

/** Right and wrong overlap; only the top of the scale is good enough, and 0.95 by itself is not. */
function madeUp(seed: number): SimulatedCall[] {
  const random = seededRandom(seed);
  return Array.from({ length: 8_000 }, () => {
    const similarity = random() ** 0.5;
    const correct = random() < (similarity > 0.9 ? 0.985 : similarity * 0.9);
    return { similarity: random() < 0.5 ? similarity : null, correct, fixed: 0.5 + random() / 2 };
  });
}

function runs(pool: readonly SimulatedCall[], count: number) {
  const all = Array.from({ length: count }, (_, seed) => simulate(pool, seed + 1, options));
  return summarise(all, errorTarget);
}

Deno.test("served false hits stay inside the target where a fixed threshold does not", () => {
  const { learnt, control } = runs(madeUp(7), 20);
  expect(learnt.inside).toBeGreaterThanOrEqual(19);
  expect(learnt.servedSomething).toBe(20);
  expect(control.inside).toBe(0);
});

Deno.test("where nothing is good enough, nothing is served", () => {
  const hopeless = madeUp(8).map((call, at) => ({ ...call, correct: at % 5 !== 0 }));
  expect(runs(hopeless, 10).learnt.meanServed).toBe(0);
});

Deno.test("one seed gives one run", () => {
  const pool = madeUp(9);
  expect(simulate(pool, 3, options)).toEqual(simulate(pool, 3, options));
  expect(simulate(pool, 3, options)).not.toEqual(simulate(pool, 4, options));
});

const corpus = new URL("../../../../shared/corpus/question-pairs.jsonl.gz", import.meta.url);
const isThere = await Deno.stat(corpus).then(() => true, () => false);

Deno.test({
  name: "on question pairs that nothing was learnt from the bound holds and something is served",
  ignore: !isThere,
  async fn() {
    const file = await readPairs(corpus.pathname);
    const pairs = pairsOf(file, "report");
    const pool = scorePairs(pairs, createMatcher()).map(({ vetoes, matcher, trigrams, pair }) => ({
      similarity: vetoes.length === 0 ? matcher : null,
      correct: pair.same,
      fixed: trigrams,
    }));
    const { learnt, control } = runs(pool, 10);
    expect(learnt.inside).toBe(10);
    expect(learnt.servedSomething).toBe(10);
    expect(control.inside).toBe(0);
  },
});
