/**
 * `deno run -A tools/learn_semantic/learn.ts --pairs FILE`: learns the coefficients of the embedded
 * matcher from the learning half of a file of question pairs, and writes them down.
 *
 * Nothing of the pairs gets into the result but the weights of words that occur in many questions. The
 * threshold comes from scores that each row got from models that had not seen it.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Coefficients } from "@/core/cache/semantic/matcher/coefficients_form.ts";
import { featureDirections } from "@/core/cache/semantic/matcher/features.ts";
import { scoreOf, writeTree } from "@/core/cache/semantic/matcher/trees.ts";
import { lowerBound } from "@/core/cache/semantic/policy/interval.ts";
import { halfOf, readPairs } from "../eval_semantic/pairs.ts";
import { seededRandom, shuffled } from "../seeded_random.ts";
import { boost, type Boosted, cutsOf } from "./boost.ts";
import { learnLevels, readAll, type Row, rowsOf, unknownWeight, weighBy } from "./prepare.ts";

const help = `Learns the coefficients of the semantic cache's embedded matcher.

Usage: deno run -A tools/learn_semantic/learn.ts --pairs FILE [--out FILE]

  --pairs  question pairs, one {"text_a", "text_b", "label"} a line; only the half that the hash of a
           pair assigns to learning is read into the coefficients
  --out    where to write (default: core/cache/semantic/matcher/coefficients.ts)
`;

const settings = { trees: 100, leaves: 8, rate: 0.08, minRows: 30, ridge: 5, featureShare: 0.3 };
const cutsPerFeature = 48;
/** Models that are averaged; the second smooths out which features chance offered the first. */
const models = 2;
const folds = 5;
const shuffles = 3;
/**
 * The highest recall at which unseen rows are right in more than 96 %: at 0.09 it is 95 %, half of it by
 * labels that are wrong, and other pairs of the kind would fall below that every other time.
 */
const wantedRecall = 0.08;

function learnModels(rows: readonly Row[], cuts: readonly (readonly number[])[]): Boosted[] {
  const features = rows.map((row) => row.features);
  const labels = rows.map((row) => row.same);
  return Array.from({ length: models }, (_, at) =>
    boost(features, labels, cuts, {
      ...settings,
      directions: featureDirections,
      random: seededRandom(at + 1),
    }));
}

function logOdds(learnt: readonly Boosted[], row: Row): number {
  const sum = learnt.reduce(
    (total, { bias, trees }) => total + bias + scoreOf(trees, row.features),
    0,
  );
  return sum / learnt.length;
}

/** The score of every row by models that have not seen it, averaged over several divisions. */
function unseenScores(rows: readonly Row[], cuts: readonly (readonly number[])[]): number[] {
  const sums = new Array<number>(rows.length).fill(0);
  for (let shuffle = 0; shuffle < shuffles; shuffle++) {
    const order = shuffled([...rows.keys()], seededRandom(100 + shuffle));
    for (let fold = 0; fold < folds; fold++) {
      const isHeld = (at: number) => at % folds === fold;
      const learnt = learnModels(
        order.filter((_, at) => !isHeld(at)).flatMap((i) => rows[i] ?? []),
        cuts,
      );
      for (const i of order.filter((_, at) => isHeld(at))) {
        const row = rows[i];
        if (row) sums[i] = (sums[i] ?? 0) + logOdds(learnt, row) / shuffles;
      }
    }
  }
  return sums;
}

interface Threshold {
  readonly score: number;
  readonly hits: number;
  readonly right: number;
}

/** The highest score from which the wanted share of all pairs that are the same is found. */
function thresholdOf(rows: readonly Row[], scores: readonly number[], same: number): Threshold {
  const order = [...scores.keys()].sort((x, y) => (scores[y] ?? 0) - (scores[x] ?? 0));
  let right = 0;
  for (const [at, i] of order.entries()) {
    right += Number(rows[i]?.same);
    if (right >= wantedRecall * same) return { score: scores[i] ?? Infinity, hits: at + 1, right };
  }
  return { score: Infinity, hits: 0, right: 0 };
}

function asModule(learnt: Coefficients): string {
  const text = (value: string) => JSON.stringify(value);
  return `/**
 * Written by tools/learn_semantic/learn.ts; do not edit. Forms: coefficients_form.ts, trees.ts.
 *
 * @module
 */
import type { Coefficients } from "./coefficients_form.ts";

// deno-fmt-ignore
export const coefficients: Coefficients = {
  learntFrom: ${text(learnt.learntFrom)},
  threshold: ${learnt.threshold},
  bias: ${learnt.bias},
  unknown: ${learnt.unknown},
  levels: [
${learnt.levels.map((stems) => `    ${text(stems)},`).join("\n")}
  ],
  cuts: [
${learnt.cuts.map((points) => `    [${points.join(",")}],`).join("\n")}
  ],
  trees: ${text(learnt.trees)},
};
`;
}

/** Drops cuts that no tree uses, so that they are not shipped. */
function usedCuts(learnt: readonly Boosted[], cuts: readonly (readonly number[])[]): number[][] {
  const used = cuts.map(() => new Set<number>());
  const visit = (tree: Boosted["trees"][number]): void => {
    if ("leaf" in tree) return;
    used[tree.feature]?.add(tree.cut);
    visit(tree.left);
    visit(tree.right);
  };
  for (const { trees } of learnt) trees.forEach(visit);
  return used.map((points) => [...points].sort((x, y) => x - y));
}

async function main(args: readonly string[], say: (line: string) => void): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { pairs: { type: "string" }, out: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help || !values.pairs) {
    say(help);
    return values.help ? 0 : 2;
  }
  const { pairs, digest } = await readPairs(values.pairs);
  const read = readAll(pairs.filter((pair) => halfOf(pair) === "learn"));
  const levels = learnLevels(read);
  const all = rowsOf(read, weighBy(levels));
  const rows = all.filter((row) => row.learns);
  const cuts = cutsOf(rows.map((row) => row.features), cutsPerFeature);
  say(
    `${pairs.length} pairs, ${read.length} of them to learn from, ${rows.length} of these worth it.`,
  );
  const same = all.filter((row) => row.same).length;
  const chosen = thresholdOf(rows, unseenScores(rows, cuts), same);
  say(
    `Threshold: log-odds ${
      chosen.score.toFixed(3)
    }: ${chosen.right} of ${chosen.hits} right on unseen ` +
      `rows (precision above ${
        lowerBound(chosen.right, chosen.hits, 0.05).toFixed(3)
      } at 95 %), recall ${(chosen.right / same).toFixed(3)}.`,
  );
  const learnt = learnModels(rows, cuts);
  const shipped = usedCuts(learnt, cuts);
  // Each model's leaves count in full where the text is read: share them out here.
  const shared = (tree: Boosted["trees"][number]): Boosted["trees"][number] =>
    "leaf" in tree
      ? { leaf: tree.leaf / learnt.length }
      : { ...tree, left: shared(tree.left), right: shared(tree.right) };
  const result: Coefficients = {
    learntFrom: digest,
    threshold: Number((1 / (1 + Math.exp(-chosen.score))).toFixed(4)),
    bias: Number((learnt.reduce((sum, { bias }) => sum + bias, 0) / learnt.length).toFixed(4)),
    unknown: unknownWeight,
    levels,
    cuts: shipped,
    trees: learnt.flatMap(({ trees }) => trees.map((tree) => writeTree(shared(tree), shipped)))
      .join(""),
  };
  const out = values.out ??
    join(
      fileURLToPath(new URL("../../", import.meta.url)),
      "core/cache/semantic/matcher/coefficients.ts",
    );
  await Deno.writeTextFile(out, asModule(result));
  say(`Wrote ${out}: ${asModule(result).length} bytes.`);
  return 0;
}

// deno-lint-ignore no-console -- a command line's output
if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
