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

interface UnpricedRow {
  readonly provider: string;
  readonly model: string;
  readonly response_model: string | null;
  readonly tier: string;
  readonly reason: string;
  readonly calls: string;
  readonly input: string;
  readonly output: string;
  readonly first_seen: string;
  readonly last_seen: string;
}

interface GuessedRow {
  readonly provider: string;
  readonly model: string;
  readonly priced_as: string;
  readonly calls: string;
  readonly cost: string;
}

interface TotalRow {
  readonly calls: string;
  readonly input: string;
  readonly output: string;
}

export async function unpriced(
  store: Store,
  project: string,
  query: StatsQuery,
  options: ReadOptions = {},
): Promise<Unpriced> {
  const { sql, params } = where(project, query.range, query.filters);
  const missing = `FROM events WHERE ${sql} AND cost_usd IS NULL`;
  const read = { ...options, settings: exact };
  const [[total], rows, guessed] = await Promise.all([
    store.query<TotalRow>(
      `SELECT count() AS calls, sum(tokens_input) AS input, sum(tokens_output) AS output ${missing}`,
      params,
      read,
    ),
    store.query<UnpricedRow>(
      `SELECT provider, model, response_model, price_tier AS tier,
        ifNull(unpriced_reason, 'No price is known.') AS reason,
        count() AS calls, sum(tokens_input) AS input, sum(tokens_output) AS output,
        min(timestamp) AS first_seen, max(timestamp) AS last_seen
      ${missing}
      GROUP BY provider, model, response_model, tier, reason
      ORDER BY count() DESC, provider, model, response_model, tier, reason LIMIT ${mostLines}`,
      params,
      read,
    ),
    store.query<GuessedRow>(
      `SELECT provider, model, ifNull(price_model, '') AS priced_as, count() AS calls,
        toString(sum(assumeNotNull(cost_usd))) AS cost
      FROM events WHERE ${sql} AND cost_usd IS NOT NULL AND price_match = 'prefix'
      GROUP BY provider, model, priced_as
      ORDER BY count() DESC, provider, model, priced_as LIMIT ${mostLines}`,
      params,
      read,
    ),
  ]);
  return {
    project_id: project,
    date_from: query.range.from,
    date_to: query.range.to,
    total: {
      calls: Number(total?.calls ?? 0),
      tokens_input: Number(total?.input ?? 0),
      tokens_output: Number(total?.output ?? 0),
    },
    models: rows.map(({ input, output, calls, ...row }) => ({
      ...row,
      calls: Number(calls),
      tokens_input: Number(input),
      tokens_output: Number(output),
    })),
    guessed: guessed.map(({ calls, cost, ...row }) => ({
      ...row,
      calls: Number(calls),
      cost_usd: cost,
    })),
  };
}
