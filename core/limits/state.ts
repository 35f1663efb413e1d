/**
 * How far each of a project's limits is used now, for people. Of processes elsewhere it knows what they
 * told the store, at most a second ago.
 *
 * @module
 */
import { amountText } from "./amount.ts";
import { type Ledger, type Sheet, totalsOf } from "./ledger.ts";
import type { Limit, Policy } from "./policy.ts";
import { windowAt } from "./window.ts";

/** One subject's part of a limit; amounts as text in the limit's unit. */
export interface SubjectState {
  /** The key, user or value; empty for the project. */
  readonly subject: string;
  /** Spent by calls that ended. */
  readonly used: string;
  /** By calls under way. */
  readonly reserved: string;
  readonly remaining: string;
}

export interface LimitState {
  readonly limit: Limit;
  readonly windowStart: number;
  readonly windowEnd: number;
  /** Those who have used the most first. */
  readonly subjects: readonly SubjectState[];
  /** Whether there are further subjects. */
  readonly more: boolean;
}

/** Of a project, now. */
export type LimitStates = (project: string) => Promise<readonly LimitState[]>;

const mostRead = 1_000;
const mostShown = 100;

/** @param now milliseconds since 1970 */
export function limitStates(
  ledger: Ledger,
  project: string,
  { limits }: Policy,
  now: number,
): Promise<LimitState[]> {
  return Promise.all(limits.map(async (limit) => {
    const window = windowAt(limit.window, now);
    const read = await ledger.all({ project, limit, window }, mostRead);
    const sheets = read.filter(({ subject }) => limit.only === null || subject === limit.only);
    const only = limit.scope === "project" ? "" : limit.only;
    // Who must be shown has a state before the first call.
    if (only !== null && sheets.length === 0) {
      sheets.push({ subject: only, ended: 0n, statements: {}, told: 0 });
    }
    const shown = sheets.map((sheet) => ({ sheet, spent: totalsOf(sheet, now).spent }))
      .sort((a, b) => a.spent < b.spent ? 1 : a.spent > b.spent ? -1 : 0)
      .slice(0, mostShown);
    return {
      limit,
      windowStart: window.start,
      windowEnd: window.end,
      subjects: shown.map(({ sheet }) => subjectState(limit, sheet, now)),
      more: read.length === mostRead || sheets.length > mostShown,
    };
  }));
}

function subjectState({ unit, quota }: Limit, sheet: Sheet, now: number): SubjectState {
  const { spent, reserved } = totalsOf(sheet, now);
  const left = quota - spent - reserved;
  return {
    subject: sheet.subject,
    used: amountText(unit, spent),
    reserved: amountText(unit, reserved),
    remaining: amountText(unit, left > 0n ? left : 0n),
  };
}
