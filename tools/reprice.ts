/**
 * `deno task reprice`: history priced again with the prices that are known now.
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { Range } from "@/core/analytics/contract.ts";
import { projectsWithCalls } from "@/core/analytics/priced_calls.ts";
import { rangeFields, rangeOf } from "@/core/analytics/range.ts";
import type { Store } from "@/core/analytics/store.ts";
import type { LogWriter } from "@/core/log/contract.ts";
import type { PriceBook } from "@/core/pricing/price_book.ts";
import { countCalls, repriceProject } from "@/core/pricing/reprice.ts";
import type { Repriced } from "@/core/pricing/reprice_account.ts";
import { beginRun, type RunPorts } from "@/core/pricing/reprice_run.ts";
import { ProgressBar, type Screen } from "./demo/progress.ts";

export const repriceHelp = `Prices recorded calls again, from the tokens that were counted for them.

Usage: deno task reprice --from <date> [options]

For each call the price of its own time is taken, from the project's negotiated prices, the overlay and the
catalogue as they are now. The difference is printed by model. A call whose cost is another one gets a
call.repriced event in the log; analytics show the new cost as soon as they have read it. The call's own
event stays as it is. The dashboard shows how far it is and can stop it; a project whose calls are being
priced again already is left alone.

  --from <date>     first day (2026-03-01) or instant (2026-03-01T10:00:00Z), UTC
  --to <date>       last day, or the first instant that is left out; default: now
  --project <id>    one project; default: all of them
  --reason <text>   kept with each new cost
  --dry-run         print the difference, change nothing
  --help            this text
`;

export interface RepriceCommandDeps extends Pick<RunPorts, "board" | "tick"> {
  readonly store: Store;
  readonly log: LogWriter;
  readonly prices: Pick<PriceBook, "get">;
  readonly newId: () => string;
  readonly now: () => number;
  readonly say: (line: string) => void;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

export interface RepriceOrder {
  readonly range: Range;
  /** Null for all of them. */
  readonly project: string | null;
  readonly reason: string;
  readonly dryRun: boolean;
}

/** Reads the arguments, before anything is opened: an order, or what is wrong with it. */
export function readRepriceOrder(args: readonly string[], now: number): RepriceOrder | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      from: { type: "string" },
      to: { type: "string" },
      project: { type: "string" },
      reason: { type: "string", default: "Priced again with the prices known now." },
      "dry-run": { type: "boolean", default: false },
    },
  });
  const { reason, project = null } = values;
  const range = readRange(values.from, values.to, now);
  if (typeof range === "string") return range;
  if (reason.length < 1 || reason.length > 500) return "--reason must have 1 to 500 characters.";
  return { range, project, reason, dryRun: values["dry-run"] };
}

/** Runs the command; resolves to its exit code. */
export async function reprice(deps: RepriceCommandDeps, order: RepriceOrder): Promise<number> {
  const { say } = deps;
  const { range, reason, dryRun } = order;
  const projects = order.project === null
    ? await projectsWithCalls(deps.store, range)
    : [order.project];
  let changed = 0;
  let left = 0;
  try {
    for (const project of projects) {
      const one = { project, range, reason };
      const repriced = dryRun
        ? await priced(deps, one, null, deps.signal)
        : await inPlace(deps, one);
      if (typeof repriced === "string") {
        say(repriced);
        left++;
        continue;
      }
      changed += repriced.changed;
      for (const line of table(project, repriced)) say(line);
    }
  } catch (error) {
    if (!deps.signal.aborted) throw error;
    say("Stopped. What was appended holds; run it again to go on.");
    return 1;
  }
  if (left < projects.length || left === 0) {
    say(outcome(changed, projects.length, dryRun));
  }
  return left === 0 ? 0 : 1;
}

interface One {
  readonly project: string;
  readonly range: Range;
  readonly reason: string;
}

/** With the project's place on the board; a sentence when there is nothing to show of it. */
async function inPlace(deps: RepriceCommandDeps, one: One): Promise<Repriced | string> {
  const { signal } = deps;
  const outcome: { repriced?: Repriced; failure?: unknown } = {};
  const ports = { ...deps, report: (message: string) => deps.say(message) };
  const begun = await beginRun(ports, one, async (ended, grow) => {
    const told = (done: number, total: number) => grow({ done, total });
    const repriced = outcome.repriced = await priced(deps, one, deps.log, ended, told);
    return repriced.changed;
  }, (error) => {
    outcome.failure = error;
  });
  if (!begun) return `${one.project}: its calls are being priced again already.`;
  const stop = () => begun.end.abort();
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  await begun.over;
  signal.removeEventListener("abort", stop);
  signal.throwIfAborted();
  if (outcome.failure !== undefined) throw outcome.failure;
  return outcome.repriced ?? `${one.project}: stopped from the dashboard. What was appended holds.`;
}

async function priced(
  deps: RepriceCommandDeps,
  one: One,
  log: RepriceCommandDeps["log"] | null,
  signal: AbortSignal,
  told: (done: number, total: number) => void = () => {},
): Promise<Repriced> {
  const { store, prices, newId, now, screen } = deps;
  const { project, range, reason } = one;
  const total = await countCalls(store, project, range);
  const bar = new ProgressBar(screen, `Pricing ${project}`, total);
  const repriced = await repriceProject({
    store,
    log,
    prices: (id) => prices.get(id),
    newId,
    now,
    onProgress: (done) => {
      bar.show(done, `${done} of ${counted(total)}`);
      told(done, total);
    },
  }, { project, range, reason, signal });
  bar.done(counted(repriced.calls));
  return repriced;
}

/** The range, or what is wrong with it. */
function readRange(from: string | undefined, to: string | undefined, now: number): Range | string {
  if (from === undefined) return "--from is missing: give a date, e.g. --from 2026-03-01.";
  for (const [name, value] of [["from", from], ["to", to]] as const) {
    if (value === undefined) continue;
    const read = rangeFieldSchema.safeParse(value);
    if (!read.success) return `--${name} ${read.error.issues[0]?.message ?? "is not a date"}.`;
  }
  const range = rangeOf({ date_from: from, ...(to !== undefined && { date_to: to }) }, now);
  return range.ok ? range.value : "--from must be before --to.";
}

const rangeFieldSchema = rangeFields.date_from;

/** A table for people: the models whose cost changes, and how many do not. */
function table(project: string, { calls, models }: Repriced): string[] {
  const shown = models.filter(({ changed }) => changed > 0);
  const rows = [
    ["model", "calls", "changed", "before USD", "after USD", "difference USD"],
    ...shown.map((one) => [
      `${one.provider}/${one.model}`,
      String(one.calls),
      String(one.changed),
      amount(one.before_usd, one.unpriced_before),
      amount(one.after_usd, one.unpriced_after),
      one.difference_usd,
    ]),
  ];
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  const same = models.length - shown.length;
  return [
    "",
    `${project}: ${counted(calls)}`,
    ...(shown.length === 0 ? [] : rows.map((row) => line(row, widths))),
    ...(same > 0 ? [`  ${same} ${same === 1 ? "model stays" : "models stay"} as before`] : []),
  ];
}

function line(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((cell, i) =>
    i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)
  );
  return `  ${cells.join("  ")}`.trimEnd();
}

function amount(usd: string, unpriced: number): string {
  return unpriced === 0 ? usd : `${usd} + ${unpriced} unpriced`;
}

function counted(calls: number): string {
  return calls === 1 ? "1 call" : `${calls} calls`;
}

function outcome(changed: number, projects: number, dryRun: boolean): string {
  if (projects === 0) return "No calls in this range.";
  if (changed === 0) return "Every call has the cost that it would get now.";
  return dryRun
    ? `${counted(changed)} would get another cost. Nothing was changed.`
    : `Another cost for ${counted(changed)}; analytics show it when they have read the log.`;
}
