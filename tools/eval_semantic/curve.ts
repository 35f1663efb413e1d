/**
 * Precision and recall of a score over pairs with a known verdict.
 *
 * @module
 */
import { lowerBound, upperBound } from "@/core/cache/semantic/policy/interval.ts";

/** One pair as a curve sees it; a null score is never served. */
export interface Verdict {
  readonly score: number | null;
  readonly same: boolean;
}

export interface CurvePoint {
  readonly threshold: number;
  readonly hits: number;
  readonly right: number;
  readonly precision: number;
  readonly recall: number;
}

/** Every point of the curve, highest threshold first; pairs of equal score come together. */
export function curveOf(verdicts: readonly Verdict[]): CurvePoint[] {
  const all = verdicts.filter((verdict) => verdict.same).length;
  const served = verdicts.flatMap(({ score, same }) => score === null ? [] : [{ score, same }])
    .sort((x, y) => y.score - x.score);
  let right = 0;
  return served.flatMap(({ score, same }, at) => {
    right += Number(same);
    if (served[at + 1]?.score === score) return [];
    const hits = at + 1;
    return [{ threshold: score, hits, right, precision: right / hits, recall: right / all }];
  });
}

/** The curve's point at one fixed threshold. */
export function pointAt(verdicts: readonly Verdict[], threshold: number): CurvePoint {
  const all = verdicts.filter((verdict) => verdict.same).length;
  const served = verdicts.filter(({ score }) => score !== null && score >= threshold);
  const right = served.filter((verdict) => verdict.same).length;
  return {
    threshold,
    hits: served.length,
    right,
    precision: served.length === 0 ? 1 : right / served.length,
    recall: all === 0 ? 0 : right / all,
  };
}

/** The highest precision among points that find at least a share of `recall`. */
export function bestFixed(curve: readonly CurvePoint[], recall: number): CurvePoint | null {
  return curve.filter((point) => point.recall >= recall)
    .reduce<CurvePoint | null>(
      (best, point) => best === null || point.precision > best.precision ? point : best,
      null,
    );
}

/** The first point that reaches each of the wanted recalls. */
export function atRecalls(curve: readonly CurvePoint[], recalls: readonly number[]) {
  return recalls.map((recall) => curve.find((point) => point.recall >= recall) ?? null);
}

/** Two-sided 95 % interval of a share. */
export function interval(part: number, whole: number): readonly [number, number] {
  return [lowerBound(part, whole, 0.025), upperBound(part, whole, 0.025)];
}
