/**
 * A project in small: calls come in, some of them like what was asked before; the policy watches,
 * learns a threshold and serves. Beside it a cache with a fixed threshold serves the same calls.
 *
 * @module
 */
import { decide, freshPolicy, isWouldBeHit, learn } from "@/core/cache/semantic/policy/policy.ts";
import { seededRandom } from "../seeded_random.ts";

/** A call's nearest entry: how similar, whether its answer would be right, and what others would say. */
export interface SimulatedCall {
  /** Null when a guard has vetoed it. */
  readonly similarity: number | null;
  readonly correct: boolean;
  /** The similarity by which the fixed threshold decides. */
  readonly fixed: number;
}

export interface SimulationOptions {
  readonly calls: number;
  readonly errorTarget: number;
  readonly verifyShare: number;
  /** Share of calls that ask something like what was asked before; the others are any of the pool. */
  readonly askedBefore: number;
  /** The control's threshold. */
  readonly fixedThreshold: number;
}

export interface Tallied {
  readonly served: number;
  readonly wrong: number;
}

export interface SimulatedRun {
  readonly learnt: Tallied;
  readonly control: Tallied;
  readonly verified: number;
  readonly promotions: number;
  readonly demotions: number;
  /** Calls until the first hit was served; null when none was. */
  readonly firstServed: number | null;
}

/** From this similarity on, a call counts as like what was asked before. */
const likeBefore = 0.5;

/** Runs one project. The same seed gives the same run. */
export function simulate(
  pool: readonly SimulatedCall[],
  seed: number,
  options: SimulationOptions,
): SimulatedRun {
  const random = seededRandom(seed);
  const like = pool.filter(({ similarity }) => (similarity ?? 0) >= likeBefore);
  const pick = (from: readonly SimulatedCall[]) => from[Math.floor(random() * from.length)];
  const { errorTarget, verifyShare, fixedThreshold } = options;
  let state = freshPolicy;
  const learnt = { served: 0, wrong: 0 };
  const control = { served: 0, wrong: 0 };
  let [verified, promotions, demotions] = [0, 0, 0];
  let firstServed: number | null = null;
  for (let at = 0; at < options.calls; at++) {
    const call = pick(random() < options.askedBefore && like.length > 0 ? like : pool);
    if (!call) break;
    const { similarity, correct } = call;
    if (call.fixed >= fixedThreshold) {
      control.served++;
      control.wrong += Number(!correct);
    }
    if (similarity === null || !isWouldBeHit(similarity)) continue;
    const chance = random();
    const decision = decide(state, { mode: "serve", similarity, verifyShare, chance });
    if (decision === "serve") {
      firstServed ??= at;
      learnt.served++;
      learnt.wrong += Number(!correct);
      continue;
    }
    verified += Number(decision === "verify");
    const from = decision === "verify" ? "verified" as const : "shadow" as const;
    const next = learn(state, { similarity, correct, from }, errorTarget);
    state = next.state;
    promotions += Number(next.change === "promoted");
    demotions += Number(next.change === "demoted");
  }
  return { learnt, control, verified, promotions, demotions, firstServed };
}

export interface SimulationSummary {
  readonly runs: number;
  readonly errorTarget: number;
  readonly learnt: Summary;
  readonly control: Summary;
}

interface Summary {
  /** Runs whose served false-hit rate is inside the target; a run that serves nothing is inside. */
  readonly inside: number;
  readonly servedSomething: number;
  readonly meanServed: number;
  readonly medianRate: number | null;
  readonly worstRate: number | null;
}

/** What came of many runs. */
export function summarise(runs: readonly SimulatedRun[], errorTarget: number): SimulationSummary {
  const over = (tallied: readonly Tallied[]): Summary => {
    const rates = tallied.filter(({ served }) => served > 0).map((one) => one.wrong / one.served)
      .sort((x, y) => x - y);
    return {
      inside: tallied.filter(({ served, wrong }) => wrong <= errorTarget * served).length,
      servedSomething: rates.length,
      meanServed: tallied.reduce((sum, { served }) => sum + served, 0) / tallied.length,
      medianRate: rates[Math.floor(rates.length / 2)] ?? null,
      worstRate: rates.at(-1) ?? null,
    };
  };
  return {
    runs: runs.length,
    errorTarget,
    learnt: over(runs.map((run) => run.learnt)),
    control: over(runs.map((run) => run.control)),
  };
}
