/**
 * The calls without a price, by model and by what is missing; and those whose price rests on a guess.
 *
 * @module
 */
import { z } from "zod";
import type { ReadOptions, StatsQuery } from "./contract.ts";
import { exact } from "./settings.ts";
import type { Store } from "./store.ts";
import { moneySchema } from "./types.ts";
import { where } from "./where.ts";

const count = z.number().int().nonnegative();
const instant = z.iso.datetime({ precision: 3 });

export const unpricedSchema = z.object({
  project_id: z.string(),
  date_from: instant,
  date_to: instant,
  total: z.object({ calls: count, tokens_input: count, tokens_output: count }),
  /** Most calls first. */
  models: z.array(z.object({
    provider: z.string(),
    /** As it was asked for. */
    model: z.string(),
    /** As it answered; null when no answer names it. */
    response_model: z.string().nullable(),
    tier: z.string(),
    /** What is missing, in words. */
    reason: z.string(),
    calls: count,
    tokens_input: count,
    tokens_output: count,
    first_seen: instant,
    last_seen: instant,
  })),
  /** Calls with a price that was found by a name's beginning: priced, but to be looked at. */
  guessed: z.array(z.object({
    provider: z.string(),
    model: z.string(),
    /** The catalogue's model whose price was taken. */
    priced_as: z.string(),
    calls: count,
    cost_usd: moneySchema,
  })),
});
export type Unpriced = z.infer<typeof unpricedSchema>;

/** More lines than this are no list for people; the total counts all of them. */
const mostLines = 500;

/** A line of either list: `guessed` with the model whose price was taken, or what is missing. */
interface Row {
  /** 1 or 0. */
  readonly is_guessed: number;
  readonly provider: string;
  readonly model: string;
  readonly response_model: string | null;
  readonly tier: string;
  readonly reason: string;
  readonly priced_as: string;
  readonly calls: string;
  readonly input: string;
  readonly output: string;
  readonly cost: string;
  readonly first_seen: string;
  readonly last_seen: string;
  /** Of the whole list, lines that are not shown included. */
  readonly all_calls: string;
  readonly all_input: string;
  readonly all_output: string;
}

export async function unpriced(
  store: Store,
  project: string,
  query: StatsQuery,
  options: ReadOptions = {},
): Promise<Unpriced> {
  const { sql, params } = where(project, query.range, query.filters);
  const rows = await store.query<Row>(
    `SELECT *, sum(calls) OVER list AS all_calls, sum(input) OVER list AS all_input,
      sum(output) OVER list AS all_output
    FROM (
      SELECT isNotNull(cost_usd) AS is_guessed, provider, model,
        if(is_guessed, NULL, events.response_model) AS response_model,
        if(is_guessed, '', price_tier) AS tier,
        if(is_guessed, '', ifNull(unpriced_reason, 'No price is known.')) AS reason,
        if(is_guessed, ifNull(price_model, ''), '') AS priced_as,
        count() AS calls, sum(tokens_input) AS input, sum(tokens_output) AS output,
        toString(sum(ifNull(cost_usd, 0))) AS cost,
        min(timestamp) AS first_seen, max(timestamp) AS last_seen
      FROM events WHERE ${sql} AND (cost_usd IS NULL OR price_match = 'prefix')
      GROUP BY is_guessed, provider, model, response_model, tier, reason, priced_as
    )
    WINDOW list AS (PARTITION BY is_guessed)
    ORDER BY calls DESC, provider, model, response_model, tier, reason, priced_as
    LIMIT ${mostLines} BY is_guessed`,
    params,
    { ...options, settings: exact },
  );
  const missing = rows.filter(({ is_guessed }) => !is_guessed);
  const [first] = missing;
  return {
    project_id: project,
    date_from: query.range.from,
    date_to: query.range.to,
    total: {
      calls: Number(first?.all_calls ?? 0),
      tokens_input: Number(first?.all_input ?? 0),
      tokens_output: Number(first?.all_output ?? 0),
    },
    models: missing.map((row) => ({
      provider: row.provider,
      model: row.model,
      response_model: row.response_model,
      tier: row.tier,
      reason: row.reason,
      calls: Number(row.calls),
      tokens_input: Number(row.input),
      tokens_output: Number(row.output),
      first_seen: row.first_seen,
      last_seen: row.last_seen,
    })),
    guessed: rows.filter(({ is_guessed }) => is_guessed).map((row) => ({
      provider: row.provider,
      model: row.model,
      priced_as: row.priced_as,
      calls: Number(row.calls),
      cost_usd: row.cost,
    })),
  };
}
