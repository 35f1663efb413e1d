/**
 * How a call was routed and translated, and each of its attempts, in sentences.
 *
 * @module
 */
import { type RouteData, routeSchema, translationSchema } from "../event/attempt.ts";
import { leftOutTable } from "../gateway/translate/left_out.ts";
import type { ReadOptions } from "./contract.ts";
import type { Store } from "./store.ts";
import type { Attempt, Decision } from "./types.ts";

/** What a row of `call_attempts` gives; 64-bit numbers and decimals arrive as text. */
interface StoredAttempt {
  readonly number: number;
  readonly provider: string;
  readonly model: string;
  readonly target: string;
  readonly status: number | null;
  readonly error: string | null;
  readonly because: string;
  readonly next_because: string | null;
  readonly waited_ms: number;
  readonly latency_ms: number;
  readonly ttft_ms: number | null;
  readonly tokens_input: string | null;
  readonly tokens_output: string | null;
  readonly cost: string | null;
}

/** The attempts of a call that had more than one. */
export async function readAttempts(
  store: Store,
  project: string,
  callId: string,
  stored: string | null,
  options: ReadOptions,
): Promise<Attempt[]> {
  const route = routeOf(stored);
  if (!route || route.attempts < 2) return [];
  const rows = await store.query<StoredAttempt>(
    `SELECT number, provider, model, target, status, error, because, next_because, waited_ms,
      latency_ms, ttft_ms, tokens_input, tokens_output, toString(cost_usd) AS cost
    FROM call_attempts FINAL
    WHERE project_id = {project:String} AND call_id = {call:String}
    ORDER BY number LIMIT 20`,
    { project, call: callId },
    options,
  );
  return rows.map(({ tokens_input, tokens_output, cost, ...row }) => ({
    ...row,
    tokens_input: tokens_input === null ? null : Number(tokens_input),
    tokens_output: tokens_output === null ? null : Number(tokens_output),
    cost_usd: cost,
  }));
}

/**
 * @param route stored JSON; null for a call that was not routed
 * @param translation stored JSON; null for one that was not translated
 */
export function routeDecisionsOf(
  route: string | null,
  translation: string | null,
  attempts: readonly Attempt[],
): Decision[] {
  return [
    ...routed(routeOf(route)),
    ...translated(translation),
    ...attempts.map((attempt): Decision => ({
      about: "attempt",
      decision: `${attempt.number}: ${attempt.target}, ${outcome(attempt)}`,
      because: attempt.because,
      attempt,
    })),
  ];
}

function routeOf(stored: string | null): RouteData | null {
  return stored === null ? null : routeSchema.parse(JSON.parse(stored));
}

function routed(route: RouteData | null): Decision[] {
  if (!route) return [];
  const { mode, source, target, path, because, skipped } = route;
  const declared = source === "settings" ? "the project's settings" : `the request's ${source}`;
  const passed = skipped.map((one) => ` ${one.target} could not be asked (${one.because}).`);
  return [{
    about: "route",
    decision: `${target}${path === "" ? "" : `, ${path}`}, ${mode}`,
    because: `${because} Declared by ${declared}.${passed.join("")}`,
  }];
}

function translated(stored: string | null): Decision[] {
  if (stored === null) return [];
  const { client, provider, left_out } = translationSchema.parse(JSON.parse(stored));
  const reasons = left_out.map((name) => {
    const entry = leftOutTable.find((one) => one.name === name);
    return ` Left out: ${name}.${entry ? ` ${entry.because}` : ""}`;
  });
  return [{
    about: "translation",
    decision: `${client} to ${provider}`,
    because: `The provider speaks another format than the call.${reasons.join("")}`,
  }];
}

function outcome({ status, error, latency_ms }: Attempt): string {
  const said = [status, error].filter((one) => one !== null).join(" ");
  return `${said} after ${Math.round(latency_ms)} ms`;
}
