/**
 * Everything that is said about a file of pairs: the operating point, the curves, each guard's part,
 * the false hits.
 *
 * @module
 */
import { guards } from "@/core/cache/semantic/guards/guards.ts";
import { atRecalls, bestFixed, curveOf, type CurvePoint, interval, pointAt } from "./curve.ts";
import type { ScoredPair } from "./scored.ts";

/** Recalls at which the curves are printed. */
export const recalls = [0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.3, 0.4];
/** The recall that the best fixed threshold of a baseline has to reach. */
const leastRecall = 0.06;

export interface OperatingPoint extends CurvePoint {
  readonly precisionInterval: readonly [number, number];
  readonly recallInterval: readonly [number, number];
}

export interface NamedCurve {
  readonly name: string;
  readonly curve: readonly CurvePoint[];
}

export interface GuardPart {
  readonly guard: string;
  readonly says: string;
  /** The operating point were this guard never asked. */
  readonly without: CurvePoint;
  /** The curve were this guard never asked. */
  readonly curve: readonly CurvePoint[];
  /** Pairs above the threshold that this guard alone keeps from being served. */
  readonly wrongPrevented: number;
  readonly rightPrevented: number;
}

export interface FalseHit {
  readonly score: number;
  readonly text_a: string;
  readonly text_b: string;
}

export interface Report {
  readonly pairs: number;
  readonly same: number;
  readonly operatingPoint: OperatingPoint;
  readonly curves: readonly NamedCurve[];
  readonly bestFixedThresholds: readonly {
    readonly name: string;
    readonly point: CurvePoint | null;
  }[];
  readonly guards: readonly GuardPart[];
  readonly falseHits: readonly FalseHit[];
}

/** A score from another embedder, in the order of the pairs. */
export interface OtherScores {
  readonly name: string;
  readonly scores: readonly number[];
}

/** Makes the report of scored pairs at the threshold that ships. */
export function reportOn(
  scored: readonly ScoredPair[],
  threshold: number,
  others: readonly OtherScores[] = [],
): Report {
  const guarded = verdicts(scored, (one) => one.vetoes.length === 0 ? one.matcher : null);
  const baselines: NamedCurve[] = [
    { name: "character 3-grams", curve: curveOf(verdicts(scored, (one) => one.trigrams)) },
    { name: "weighted words", curve: curveOf(verdicts(scored, (one) => one.words)) },
  ];
  const real = others.flatMap(({ name, scores }): NamedCurve[] => [
    {
      name,
      curve: curveOf(scored.map((one, at) => ({ score: scores[at] ?? null, same: one.pair.same }))),
    },
    {
      name: `${name} + guards`,
      curve: curveOf(scored.map((one, at) => ({
        score: one.vetoes.length === 0 ? scores[at] ?? null : null,
        same: one.pair.same,
      }))),
    },
  ]);
  const same = scored.filter((one) => one.pair.same).length;
  const point = pointAt(guarded, threshold);
  return {
    pairs: scored.length,
    same,
    operatingPoint: {
      ...point,
      precisionInterval: interval(point.right, point.hits),
      recallInterval: interval(point.right, same),
    },
    curves: [
      { name: "embedded + guards", curve: curveOf(guarded) },
      { name: "embedded, no guards", curve: curveOf(verdicts(scored, (one) => one.matcher)) },
      ...baselines,
      ...real,
    ],
    bestFixedThresholds: [...baselines, ...real].map(({ name, curve }) => ({
      name,
      point: bestFixed(curve, leastRecall),
    })),
    guards: guards.map((guard) => partOf(guard, scored, threshold)),
    falseHits: falseHits(scored, threshold),
  };
}

function verdicts(scored: readonly ScoredPair[], score: (one: ScoredPair) => number | null) {
  return scored.map((one) => ({ score: score(one), same: one.pair.same }));
}

function partOf(
  guard: { readonly name: string; readonly says: string },
  scored: readonly ScoredPair[],
  threshold: number,
): GuardPart {
  const passesWithout = (one: ScoredPair) => one.vetoes.every((veto) => veto.guard === guard.name);
  const alone = scored.filter((one) =>
    one.matcher >= threshold && one.vetoes.length > 0 && passesWithout(one)
  );
  const without = verdicts(scored, (one) => passesWithout(one) ? one.matcher : null);
  return {
    guard: guard.name,
    says: guard.says,
    without: pointAt(without, threshold),
    curve: curveOf(without),
    wrongPrevented: alone.filter((one) => !one.pair.same).length,
    rightPrevented: alone.filter((one) => one.pair.same).length,
  };
}

function falseHits(scored: readonly ScoredPair[], threshold: number): FalseHit[] {
  return scored.filter(({ vetoes, matcher, pair }) =>
    vetoes.length === 0 && matcher >= threshold && !pair.same
  ).sort((x, y) => y.matcher - x.matcher)
    .map(({ matcher, pair }) => ({ score: matcher, text_a: pair.a, text_b: pair.b }));
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const range = ([low, high]: readonly [number, number]) => `${percent(low)} to ${percent(high)}`;

/** The report as text. */
export function asText(title: string, report: Report): string {
  const { operatingPoint: point } = report;
  const wide = Math.max(...report.curves.map(({ name }) => name.length)) + 2;
  const cellsOf = (curve: readonly CurvePoint[]) =>
    atRecalls(curve, recalls).map((at) => at ? percent(at.precision) : "-");
  const row = (name: string, cells: readonly string[]) =>
    name.padEnd(wide) + cells.map((cell) => cell.padStart(8)).join("");
  return [
    `${title}: ${report.pairs} pairs, ${report.same} of them the same question`,
    "",
    `Operating point (score at least ${point.threshold}, no guard against it)`,
    `  precision ${percent(point.precision)} (95 %: ${range(point.precisionInterval)}): ` +
    `${point.right} of ${point.hits} hits right`,
    `  recall    ${percent(point.recall)} (95 %: ${range(point.recallInterval)})`,
    "",
    "Precision at recall",
    row("", recalls.map(percent)),
    ...report.curves.map(({ name, curve }) => row(name, cellsOf(curve))),
    "",
    `Best fixed threshold with a recall of at least ${percent(leastRecall)}`,
    ...report.bestFixedThresholds.map(({ name, point: best }) =>
      best
        ? `  ${name}: precision ${percent(best.precision)} at recall ${
          percent(best.recall)
        }, threshold ${best.threshold.toFixed(3)}`
        : `  ${name}: never finds that many`
    ),
    "",
    "Without one guard: precision, recall; pairs that it alone holds back: wrong, right",
    ...report.guards.map(({ guard, without, wrongPrevented, rightPrevented, says }) =>
      `  ${guard.padEnd(13)}${percent(without.precision).padStart(8)}${
        percent(without.recall).padStart(8)
      }${String(wrongPrevented).padStart(5)}${String(rightPrevented).padStart(5)}   wants ${says}`
    ),
    "",
    "Precision at recall without one guard",
    row("", recalls.map(percent)),
    ...report.guards.map(({ guard, curve }) => row(guard, cellsOf(curve))),
    "",
    `False hits by the labels (${report.falseHits.length}); judge for yourself`,
    ...report.falseHits.map(({ score, text_a, text_b }) =>
      `  ${score.toFixed(3)}  ${text_a}\n         ${text_b}`
    ),
  ].join("\n");
}
