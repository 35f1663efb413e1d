/**
 * What a partition may serve, decided from outcomes alone. Pure: a state and an outcome give the next
 * state. It owns the promise that hits are served only while the upper bound of the false-hit rate is
 * inside the project's error target.
 *
 * How: a few similarity thresholds are fixed beforehand. For each, all outcomes at or above it are
 * counted. The lowest threshold whose bound is inside the target is served; the bound holds at all
 * times at once (`sequence.ts`) and the risk is shared out over the thresholds, so neither looking
 * often nor having several to choose from makes it wrong. Served hits are not counted, but a sample
 * of them is verified for ever. That makes the counts of lower thresholds worse than the truth, never
 * better. An alarm watches the verified ones by themselves: when the traffic changes, evidence from
 * before says nothing, and everything starts again, with a smaller risk each time.
 *
 * @module
 */
import type { SemanticMode } from "../contract.ts";
import { logStake, upperBoundAlways } from "./sequence.ts";

/** Similarities from which serving may start; fixed before any outcome is seen. */
export const thresholds: readonly number[] = [0.8, 0.9, 0.925, 0.95, 0.97, 0.985];

/** Chance that a partition ever serves outside its target, all thresholds and moments together. */
export const risk = 0.05;

/** The alarm takes a rate of three times the target as the thing to find. */
const alarmFactor = 3;
/** Log of the evidence at which the alarm sounds: about one false alarm in 150 verified hits at the target itself. */
const alarmAt = Math.log(150);

export interface Tally {
  readonly cases: number;
  readonly wrong: number;
}

export interface PolicyState {
  readonly version: 1;
  /** By threshold, each with all that lies at or above it. */
  readonly tallies: readonly Tally[];
  /** Similarity from which hits are served; null is shadow. */
  readonly threshold: number | null;
  /** Evidence of the alarm, in log. */
  readonly alarm: number;
  readonly demotions: number;
}

export interface Outcome {
  readonly similarity: number;
  readonly correct: boolean;
  /** Praise is not counted towards serving: people praise what pleases, and do not look at the rest. */
  readonly from: "shadow" | "verified" | "feedback";
}

export type PolicyChange = "promoted" | "moved" | "demoted" | null;

export const freshPolicy: PolicyState = {
  version: 1,
  tallies: thresholds.map(() => ({ cases: 0, wrong: 0 })),
  threshold: null,
  alarm: 0,
  demotions: 0,
};

/** Whether a would-be hit of this similarity counts as one at all. */
export function isWouldBeHit(similarity: number): boolean {
  return similarity >= (thresholds[0] ?? 1);
}

/** What to do with a would-be hit. `chance` is a number from 0 up to 1 from the random source. */
export function decide(
  state: PolicyState,
  input: {
    readonly mode: SemanticMode;
    readonly similarity: number;
    readonly verifyShare: number;
    readonly chance: number;
  },
): "serve" | "verify" | "shadow" {
  const { mode, similarity, verifyShare, chance } = input;
  if (mode !== "serve" || state.threshold === null || similarity < state.threshold) return "shadow";
  return chance < verifyShare ? "verify" : "serve";
}

/** Takes in one outcome. */
export function learn(
  state: PolicyState,
  outcome: Outcome,
  errorTarget: number,
): { readonly state: PolicyState; readonly change: PolicyChange } {
  if (outcome.from === "feedback" && outcome.correct) return { state, change: null };
  const tallies = state.tallies.map((tally, at) => counted(tally, outcome, thresholds[at] ?? 1));
  const alarm = alarmAfter(state, outcome, errorTarget);
  if (alarm >= alarmAt) {
    const demotions = state.demotions + 1;
    return { state: { ...freshPolicy, demotions }, change: "demoted" };
  }
  const threshold = earned(tallies, errorTarget, riskAfter(state.demotions));
  return {
    state: { ...state, tallies, threshold, alarm: threshold === null ? 0 : alarm },
    change: changeBetween(state.threshold, threshold),
  };
}

/** The state under another error target, when the project changes its settings. */
export function retarget(state: PolicyState, errorTarget: number): PolicyState {
  return { ...state, threshold: earned(state.tallies, errorTarget, riskAfter(state.demotions)) };
}

/** Upper bound of the false-hit rate from a threshold up. */
export function boundAt(state: PolicyState, threshold: number): number {
  const tally = state.tallies[thresholds.indexOf(threshold)];
  return tally ? upperBoundAlways(tally.wrong, tally.cases, riskAfter(state.demotions)) : 1;
}

/** The risk that each threshold may take; what was wrong once gets half as much next time. */
const riskAfter = (demotions: number) => risk / thresholds.length / 2 ** demotions;

function counted(tally: Tally, { similarity, correct }: Outcome, threshold: number): Tally {
  if (similarity < threshold) return tally;
  return { cases: tally.cases + 1, wrong: tally.wrong + Number(!correct) };
}

function earned(tallies: readonly Tally[], errorTarget: number, each: number): number | null {
  const at = tallies.findIndex(({ cases, wrong }) =>
    wrong < errorTarget * cases && logStake(wrong, cases, errorTarget) >= Math.log(1 / each)
  );
  return thresholds[at] ?? null;
}

/** A cumulative sum: a wrong one adds, a right one takes away a little, and it never falls below 0. */
function alarmAfter(state: PolicyState, outcome: Outcome, errorTarget: number): number {
  if (state.threshold === null || outcome.similarity < state.threshold) return state.alarm;
  const suspected = Math.min(0.5, alarmFactor * errorTarget);
  const step = outcome.correct
    ? Math.log((1 - suspected) / (1 - errorTarget))
    : Math.log(suspected / errorTarget);
  return Math.max(0, state.alarm + step);
}

function changeBetween(before: number | null, after: number | null): PolicyChange {
  if (before === after) return null;
  if (before === null) return "promoted";
  return after === null ? "demoted" : "moved";
}
