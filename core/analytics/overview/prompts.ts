/**
 * The prompts that the money of a range went to. Calls that begin alike are one prompt: the hashes of
 * the list's previews are compared, and only the calls that are shown are read themselves.
 *
 * Whole days are read from what each kept of those that cost most; of all its prompts only when these do
 * not tell.
 *
 * @module
 */
import type { ReadOptions } from "../contract.ts";
import type { FoundDays } from "../rollup_cells.ts";
import { exact, exactText } from "../settings.ts";
import type { Calls } from "../source.ts";
import type { Params, Store } from "../store.ts";
import { type Where, where } from "../where.ts";
import type { FiguresQuery } from "./figures.ts";
import { inOrder, lookedAt, settle } from "./largest_prompts.ts";
import type { OverviewPrompt } from "./types.ts";

const shown = 10;
/** More prompts than this are not looked up one by one. */
const mostUnsettled = 100;

interface PromptRow {
  /** The hash of its beginning. */
  readonly prompt: string;
  readonly requests: string;
  readonly total: string;
  readonly most: string;
  /** When the dearest call was, milliseconds since 1970. */
  readonly at: string;
}

interface KeptRow extends PromptRow {
  /** For what is said of the prompts that days do not keep apart. */
  readonly is_rest: boolean;
  readonly bound: string;
}

interface DearestRow {
  readonly prompt: string;
  readonly start: string;
  readonly event_id: string;
  readonly model: string;
  readonly cost: string;
}

interface Reader {
  readonly store: Store;
  readonly source: PromptSource;
  readonly params: Params;
  readonly options: ReadOptions;
}

/** The dearest prompts, the one that cost most first. */
export async function prompts(
  calls: Calls,
  project: string,
  { range, filters }: FiguresQuery,
  options: ReadOptions,
): Promise<OverviewPrompt[]> {
  const { store } = calls;
  const condition = where(project, range, filters);
  const days = await calls.days({ project, range, filters }, "prompts");
  const source = sourceOf(days, condition);
  const reader = { store, source, params: { ...condition.params, ...days?.params }, options };
  const top = await ofLargest(reader) ?? await ofAll(reader);
  if (top.length === 0) return [];
  const dearest = await store.query<DearestRow>(
    `SELECT preview_hash AS prompt, preview AS start, event_id, model, toString(cost_usd) AS cost
    FROM ${source.priced} AND timestamp IN (
      SELECT fromUnixTimestamp64Milli(toInt64(arrayJoin({times:Array(String)})), 'UTC')
    )
    ORDER BY event_id`,
    { ...condition.params, times: top.map(({ at }) => at) },
    { ...options, settings: exact },
  );
  return top.flatMap(({ prompt, requests, total, most }) => {
    const call = dearest.find((call) => call.prompt === prompt && call.cost === most);
    return call
      ? [{
        preview: call.start,
        requests: Number(requests),
        cost_usd: total,
        event_id: call.event_id,
        model: call.model,
        most_usd: most,
      }]
      : [];
  });
}

/** Null when there are no such days, or when they do not tell which prompts are the largest. */
async function ofLargest(reader: Reader): Promise<readonly PromptRow[] | null> {
  const { store, source, params, options } = reader;
  if (source.largest === null) return null;
  const rows = await store.query<KeptRow>(
    `SELECT is_rest, prompt, sum(requests) AS requests, toString(sum(cost)) AS total,
      toString(max(dearest).1) AS most, max(dearest).2 AS at, toString(sum(bound)) AS bound
    FROM (${source.largest}) GROUP BY is_rest, prompt
    ORDER BY sum(cost) DESC, prompt LIMIT ${lookedAt} BY is_rest`,
    params,
    options,
  );
  const bound = rows.find(({ is_rest }) => is_rest)?.bound ?? "0";
  const settled = settle(rows.filter(({ is_rest }) => !is_rest), bound, shown);
  if (settled === null || settled.unsettled.length > mostUnsettled) return null;
  if (settled.unsettled.length === 0) return settled.rows.slice(0, shown);
  const looked = await figuresOf(reader, settled.unsettled.map(({ prompt }) => prompt));
  return inOrder([...settled.rows, ...looked]).slice(0, shown);
}

async function ofAll(reader: Reader): Promise<readonly PromptRow[]> {
  const { store, source, params, options } = reader;
  const largest = await store.query<{ readonly prompt: string }>(
    `SELECT prompt FROM (${source.costs})
    GROUP BY prompt ORDER BY sum(cost) DESC, prompt LIMIT ${shown}`,
    params,
    options,
  );
  if (largest.length === 0) return [];
  return inOrder(await figuresOf(reader, largest.map(({ prompt }) => prompt)));
}

async function figuresOf(
  { store, source, params, options }: Reader,
  some: readonly string[],
): Promise<PromptRow[]> {
  return await store.query<PromptRow>(
    `SELECT prompt, sum(requests) AS requests, toString(sum(cost)) AS total,
      toString(max(dearest).1) AS most, max(dearest).2 AS at
    FROM (${source.figures}) GROUP BY prompt`,
    { ...params, prompts: some },
    options,
  );
}

interface PromptSource {
  /** A table and the condition for calls that cost something. */
  readonly priced: string;
  /** Rows of `prompt` and `cost`. */
  readonly costs: string;
  /** The same of `{prompts}` alone, with `requests` and `dearest`, a call's cost and its time. */
  readonly figures: string;
  /** As `figures` of all that days keep apart, with `is_rest` and `bound`; null without such days. */
  readonly largest: string | null;
}

/** Whole days from what is kept of them, the others from the calls that cost something. */
function sourceOf(days: FoundDays | null, { sql }: Where): PromptSource {
  const priced = `events_list WHERE ${sql} AND preview_hash != cityHash64('') AND cost_usd > 0`;
  const isOne = "prompt IN (SELECT toUInt64(arrayJoin({prompts:Array(String)})))";
  const cost = "assumeNotNull(cost_usd) AS cost";
  const figures = `toUInt64(1) AS requests, ${cost},
    (assumeNotNull(cost_usd), toUnixTimestamp64Milli(timestamp)) AS dearest`;
  // A row for each call: whoever adds up all of them adds up these as well.
  const fromCalls = (columns: string, condition = "true") =>
    `SELECT preview_hash AS prompt, ${columns} FROM ${priced}
      ${days ? `AND ${days.rows}` : ""} AND ${condition} SETTINGS ${exactText}`;
  const fromDays = (columns: string, condition = "true") =>
    days
      ? [`SELECT prompt, ${columns} FROM prompts_by_day WHERE ${days.cells.sql} AND ${condition}`]
      : [];
  const remaining = (rows: string) => days?.rows === "false" ? [] : [rows];
  const together = (...parts: readonly string[]) => parts.join(" UNION ALL ");
  return {
    priced,
    costs: together(...remaining(fromCalls(cost)), ...fromDays("cost")),
    figures: together(
      ...remaining(fromCalls(figures, isOne)),
      ...fromDays("requests, cost, dearest", isOne),
    ),
    largest: days?.largest
      ? together(
        ...remaining(fromCalls(`${figures}, false AS is_rest, toDecimal128(0, 12) AS bound`)),
        `SELECT prompt, requests, cost, dearest, is_rest, bound
          FROM ${days.largest.table} WHERE ${days.largest.sql}`,
      )
      : null,
  };
}
