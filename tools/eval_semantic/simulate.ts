/**
 * `deno task eval:semantic --simulate --pairs FILE`: many simulated projects over a file of
 * question pairs. Does what is served stay inside the error target?
 *
 * @module
 */
import { parseArgs } from "node:util";
import { coefficients } from "@/core/cache/semantic/matcher/coefficients.ts";
import { createMatcher } from "@/core/cache/semantic/matcher/matcher.ts";
import { honestHalf, pairsOf, readHalf, readUsablePairs } from "./pairs.ts";
import { numberOf, Refusal, refusing } from "./refusal.ts";
import { scorePairs } from "./scored.ts";
import { simulate, type SimulatedRun, type SimulationSummary, summarise } from "./simulation.ts";

const help = `Simulated projects: is the learnt bound kept?

Usage: deno task eval:semantic --simulate --pairs FILE [options]

  --pairs FILE     question pairs (see: deno task eval:semantic --help)
  --half WHICH     all, learn or report. Without it: report for the file that the coefficients were
                   learnt from, all for every other file
  --runs N         projects, each with its own seed (100)
  --calls N        calls of each (20000), drawn from the pairs with replacement
  --target N       the project's error target (0.05)
  --asked N        share of calls drawn from pairs that are alike at all; the rest from all (0.5)
  --verify N       share of servable hits that are verified (0.05)
  --fixed N        the control's threshold on the cosine of character 3-grams, no guards (0.95)
  --json

Exit code 0 when at least 95 of 100 runs are inside the target and something is served, 1 when not.
`;

const options = {
  pairs: { type: "string" },
  half: { type: "string" },
  runs: { type: "string", default: "100" },
  calls: { type: "string", default: "20000" },
  target: { type: "string", default: "0.05" },
  asked: { type: "string", default: "0.5" },
  verify: { type: "string", default: "0.05" },
  fixed: { type: "string", default: "0.95" },
  json: { type: "boolean" },
  help: { type: "boolean" },
} as const;

interface Out {
  readonly say: (line: string) => void;
  /** Progress, and why nothing can be done. */
  readonly complain: (line: string) => void;
}

/** Resolves to the exit code. */
export function simulateProjects(args: readonly string[], out: Out): Promise<number> {
  return refusing(out.complain, async () => {
    const { values } = parseArgs({ args: [...args], options });
    if (values.help) {
      out.say(help);
      return 0;
    }
    return await simulateFile(values, out);
  });
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

const share = { least: 0, most: 1 };
const count = { least: 1, most: 1_000_000, whole: true };

async function simulateFile(values: Values, out: Out): Promise<number> {
  const wanted = values.half === undefined ? null : readHalf(values.half);
  if (values.half !== undefined && !wanted) {
    throw new Refusal("--half must be all, learn or report.");
  }
  const settings = {
    calls: numberOf("calls", values.calls, count),
    errorTarget: numberOf("target", values.target, { least: 0.001, most: 0.4 }),
    verifyShare: numberOf("verify", values.verify, share),
    askedBefore: numberOf("asked", values.asked, share),
    fixedThreshold: numberOf("fixed", values.fixed, share),
  };
  const times = numberOf("runs", values.runs, count);
  const file = await readUsablePairs(values.pairs);
  const half = wanted ?? honestHalf(file, coefficients.learntFrom);
  const chosen = pairsOf(file, half);
  out.complain(`Scoring ${chosen.length} pairs …`);
  const pool = scorePairs(chosen, createMatcher()).map(({ vetoes, matcher, trigrams, pair }) => ({
    similarity: vetoes.length === 0 ? matcher : null,
    correct: pair.same,
    fixed: trigrams,
  }));
  const runs: SimulatedRun[] = [];
  for (let seed = 1; seed <= times; seed++) {
    runs.push(simulate(pool, seed, settings));
    if (seed % 10 === 0) out.complain(`${seed} of ${times} projects`);
  }
  const summary = summarise(runs, settings.errorTarget);
  out.say(
    values.json ? JSON.stringify({ ...settings, half, ...summary, runs }) : asText(summary),
  );
  const kept = summary.learnt.inside >= 0.95 * summary.runs;
  return kept && summary.learnt.servedSomething > 0 ? 0 : 1;
}

function asText({ runs, errorTarget, learnt, control }: SimulationSummary): string {
  const rate = (value: number | null) => value === null ? "-" : `${(100 * value).toFixed(2)} %`;
  const row = (name: string, one: typeof learnt) =>
    `${name.padEnd(18)}${`${one.inside} of ${runs}`.padStart(12)}${
      `${one.servedSomething}`.padStart(12)
    }${one.meanServed.toFixed(0).padStart(12)}${rate(one.medianRate).padStart(12)}${
      rate(one.worstRate).padStart(12)
    }`;
  return [
    `Error target ${rate(errorTarget)}`,
    `${"".padEnd(18)}${
      ["inside", "runs that", "hits served", "median", "worst"].map((t) => t.padStart(12)).join("")
    }`,
    `${"".padEnd(18)}${
      ["target", "served", "a run", "rate", "rate"].map((t) => t.padStart(12)).join("")
    }`,
    row("learnt threshold", learnt),
    row("fixed threshold", control),
  ].join("\n");
}

if (import.meta.main) {
  // deno-lint-ignore no-console -- a command line's output
  Deno.exit(await simulateProjects(Deno.args, { say: console.log, complain: console.error }));
}
