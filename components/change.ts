/**
 * How a figure stands to the one before it: direction, amount and what that means. More cost is not
 * good, more savings are: the colour follows the meaning, not the direction.
 *
 * @module
 */

export interface Change {
  /** `12 %`, `0.4 points`, `3×`, `>99×`; `new` when there was nothing before. */
  readonly text: string;
  readonly direction: "up" | "down" | "same";
  readonly tone: "good" | "bad" | "neutral";
}

/** Which direction is good; null: neither, e.g. more requests. */
export type Good = "up" | "down" | null;

/** Nothing was there before: neither a direction nor good or bad. */
const fromNothing: Change = { text: "new", direction: "same", tone: "neutral" };

/** Below this share a change is none. */
const nothing = 0.005;

/**
 * @param now and `before`: the figures; null where there is none. Ratios only: amounts of money may be
 *   given as numbers here because no amount comes out
 * @example
 * ```ts
 * import { changeOf } from "@/components/change.ts";
 * import { expect } from "expect";
 *
 * expect(changeOf(112, 100, "down")).toEqual({ text: "12 %", direction: "up", tone: "bad" });
 * expect(changeOf(5, 0, "up")).toEqual({ text: "new", direction: "same", tone: "neutral" });
 * expect(changeOf(null, 3, "up")).toBe(null);
 * ```
 */
export function changeOf(now: number | null, before: number | null, good: Good): Change | null {
  if (now === null || before === null) return null;
  if (before === 0) return now === 0 ? null : fromNothing;
  const share = (now - before) / before;
  if (Math.abs(share) < nothing) return { text: "no change", direction: "same", tone: "neutral" };
  const times = now / before;
  // The range before was as good as empty: how empty, says nothing good or bad.
  if (times >= 99.5) return { text: ">99×", direction: "up", tone: "neutral" };
  return changed(times >= 3 ? multiple(times) : percent(share), share > 0 ? "up" : "down", good);
}

function multiple(times: number): string {
  return `${times < 10 ? times.toFixed(1) : Math.round(times)}×`;
}

/** The same of shares of 1, whose difference is told in percentage points. */
export function changeOfRate(now: number, before: number, good: Good): Change {
  const points = (now - before) * 100;
  if (Math.abs(points) < 0.05) return { text: "no change", direction: "same", tone: "neutral" };
  const amount = Math.abs(points);
  const text = `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} points`;
  return changed(text, points > 0 ? "up" : "down", good);
}

function changed(text: string, direction: "up" | "down", good: Good): Change {
  return { text, direction, tone: good === null ? "neutral" : good === direction ? "good" : "bad" };
}

function percent(share: number): string {
  const amount = Math.abs(share) * 100;
  return `${amount < 10 ? amount.toFixed(1).replace(/\.0$/, "") : Math.round(amount)} %`;
}
