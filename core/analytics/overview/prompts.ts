/**
 * The prompts that the money of a range went to. Calls that begin alike are one prompt: the hashes of
 * the list's previews are compared, and only the calls that are shown are read themselves.
 *
 * @module
 */
import type { ReadOptions } from "../contract.ts";
import { exact, exactText } from "../settings.ts";
import type { Calls } from "../source.ts";
import type { Params } from "../store.ts";
import { where } from "../where.ts";
import type { FiguresQuery } from "./figures.ts";
import type { OverviewPrompt } from "./types.ts";

const shown = 10;

interface PromptRow {
  /** The hash of its beginning. */
  readonly prompt: string;
  readonly requests: string;
  readonly total: string;
  readonly most: string;
  /** When the dearest call was, milliseconds since 1970. */
  readonly at: string;
}

interface DearestRow {
  readonly prompt: string;
  readonly start: string;
  readonly event_id: string;
  readonly model: string;
  readonly cost: string;
}

export async function prompts(
  calls: Calls,
  project: string,
  { range, filters }: FiguresQuery,
  options: ReadOptions,
): Promise<OverviewPrompt[]> {
  const { sql, params } = where(project, range, filters);
  const priced = `events_list WHERE ${sql} AND preview_hash != cityHash64('') AND cost_usd > 0`;
  const { store } = calls;
  const source = await sourceOf(calls, project, { range, filters }, priced);
  const largest = await store.query<{ readonly prompt: string }>(
    `SELECT prompt FROM (${source.costs("true")})
    GROUP BY prompt ORDER BY sum(cost) DESC, prompt LIMIT ${shown}`,
    { ...params, ...source.params },
    options,
  );
  if (largest.length === 0) return [];
  const isLargest = "prompt IN (SELECT toUInt64(arrayJoin({prompts:Array(String)})))";
  const top = await store.query<PromptRow>(
    `SELECT prompt, sum(requests) AS requests, toString(sum(cost)) AS total,
      toString(max(dearest).1) AS most, max(dearest).2 AS at
    FROM (${source.figures(isLargest)}) GROUP BY prompt ORDER BY sum(cost) DESC, prompt`,
    { ...params, ...source.params, prompts: largest.map(({ prompt }) => prompt) },
    options,
  );
  const dearest = await store.query<DearestRow>(
    `SELECT preview_hash AS prompt, preview AS start, event_id, model, toString(cost_usd) AS cost
    FROM ${priced} AND timestamp IN (
      SELECT fromUnixTimestamp64Milli(toInt64(arrayJoin({times:Array(String)})), 'UTC')
    )
    ORDER BY event_id`,
    { ...params, times: top.map(({ at }) => at) },
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

interface PromptSource {
  /** Rows of `prompt` and `cost` whose prompts meet a condition. */
  costs(condition: string): string;
  /** The same with `requests` and `dearest`, a call's cost and its time. */
  figures(condition: string): string;
  readonly params: Params;
}

/** Whole days from what is kept of them, the others from the calls that cost something. */
async function sourceOf(
  { days: findDays }: Calls,
  project: string,
  query: FiguresQuery,
  priced: string,
): Promise<PromptSource> {
  const days = await findDays({ project, ...query }, "prompts");
  const fromCalls = (columns: string, condition: string) =>
    `SELECT preview_hash AS prompt, ${columns} FROM ${priced}
      ${days ? `AND ${days.rows}` : ""} AND ${condition}
    GROUP BY prompt SETTINGS ${exactText}`;
  const fromDays = (columns: string, condition: string) =>
    days
      ? `SELECT prompt, ${columns} FROM prompts_by_day WHERE ${days.cells.sql} AND ${condition}`
      : null;
  const together = (...parts: readonly (string | null)[]) =>
    parts.filter((part) => part !== null).join(" UNION ALL ");
  const sum = "sum(assumeNotNull(cost_usd)) AS cost";
  return {
    costs: (condition) => together(fromCalls(sum, condition), fromDays("cost", condition)),
    figures: (condition) =>
      together(
        fromCalls(
          `count() AS requests, ${sum},
          max((assumeNotNull(cost_usd), toUnixTimestamp64Milli(timestamp))) AS dearest`,
          condition,
        ),
        fromDays("requests, cost, dearest", condition),
      ),
    params: days?.params ?? {},
  };
}
