/**
 * Calls as a busy product makes them: the shape of a working week, many users of whom few are busy. The
 * same options give the same calls.
 *
 * @module
 */
import type { CallEvent } from "@/core/event/event.ts";
import { emptyBuckets } from "@/core/event/usage.ts";
import { seededRandom } from "@/tools/seeded_random.ts";
import { decisionOf } from "./seeded_decision.ts";
import { pickerOf } from "./seeded_models.ts";

/** Which calls are made. */
export interface CallsOptions {
  readonly project: string;
  readonly count: number;
  /** @default {30} */
  readonly days?: number;
  /** The end, milliseconds since 1970. */
  readonly now: number;
  /** @default {1} */
  readonly seed?: number;
  /** Begins every id, so that a project can be filled twice. @default {"seed"} */
  readonly prefix?: string;
}

const errors = [
  { code: "rate_limit_exceeded", message: "Rate limit reached", origin: "provider", status: 429 },
  { code: "overloaded_error", message: "Overloaded", origin: "provider", status: 529 },
  { code: "invalid_request_error", message: "Unknown field", origin: "provider", status: 400 },
  { code: "upstream_timeout", message: "No answer in time", origin: "gateway", status: 504 },
] as const;

const words =
  `order refund invoice customer summary please explain contract table answer question model price team
  report weekly error translate german english policy shipping address delayed product return warranty
  account password reset login meeting notes action items code review function test failing stack trace
  deploy database query index slow latency cache budget forecast quarter revenue churn email reply polite
  short long list json schema field value extract entities names dates amounts currency total tax net gross
  because therefore however first second third finally important urgent tomorrow yesterday monday friday`
    .split(/\s+/);
/** Stands in one question of ten thousand. */
export const rareWord = "zanzibar";

const levels = 64;

/** Every call in the order of time. */
export function* callsOf(
  { project, count, now, days = 30, seed = 1, prefix = "seed" }: CallsOptions,
): Generator<CallEvent, undefined> {
  const random = seededRandom(seed);
  const whole = (below: number) => Math.floor(random() * below);
  // Rank by rank ever rarer, as busy users are.
  const ranked = (below: number) => Math.min(below - 1, Math.floor(below ** random()) - 1);
  const bell = () => random() + random() + random() + random() - 2;
  const sentence = (length: number) => {
    let text = words[whole(words.length)] ?? "";
    for (let i = 1; i < length; i++) text += ` ${words[whole(words.length)]}`;
    return text;
  };
  const openings = Array.from({ length: 400 }, () => sentence(12));
  const newQuestion = () => `${openings[ranked(400)]} ${sentence(8 + whole(20))}`;
  // A quarter of all calls ask what others have asked.
  const asked = Array.from({ length: 2_000 }, newQuestion);
  const pick = pickerOf(random);
  const times = timesOf(count, now, days, random);
  const from = now - days * 86_400_000;

  for (let i = 0; i < count; i++) {
    const at = times[i] ?? now;
    const { provider, model, endpoint, path, price, latency } = pick();
    const failed = random() < 0.022;
    const aborted = !failed && random() < 0.006;
    const error = failed ? errors[whole(errors.length)] : undefined;
    const hit = !failed && random() < 0.12;
    const stream = random() < 0.55;
    const input = 80 + whole(1_800);
    const cached = random() < 0.2 ? whole(input) : 0;
    const output = failed ? 0 : 20 + Math.floor(400 * random() ** 2);
    // In millionths of a thousandth of a dollar.
    const usd = price === null || failed ? null : hit ? 0 : input * price[0] + output * price[1];
    const took = hit
      ? 2 + random() * 6
      : Math.round(latency * Math.exp(bell() * 0.9) * 1_000) / 1_000;
    const user = random() < 0.93 ? ranked(5_000) : null;
    const span = Math.floor((at - from) / 1_800_000);
    const feature = `feature-${ranked(24)}`;
    const known = random() < 0.25 ? ranked(asked.length) : null;
    const question = (known === null ? newQuestion() : asked[known] ?? "") +
      (random() < 0.000_1 ? ` ${rareWord}` : "");
    const answer = failed ? "" : sentence(12 + whole(40));
    const request = JSON.stringify({ model, messages: [{ role: "user", content: question }] });
    const cache = hit
      ? (random() < 0.8 ? "HIT" : "HIT-SEMANTIC")
      : random() < 0.1
      ? "BYPASS"
      : "MISS";
    const cache_decision = decisionOf(cache, {
      provider,
      endpoint,
      model,
      feature,
      question: known === null ? `new ${i}` : `known ${known}`,
      // A field that is never twice the same, as a time of day would be.
      other: random() < 0.05 ? `at ${i}` : "",
      isStored: !failed && !aborted,
      ageMs: whole(86_400_000),
    });
    const answered = JSON.stringify(
      endpoint === "messages"
        ? { role: "assistant", content: [{ type: "text", text: answer }] }
        : { choices: [{ index: 0, message: { role: "assistant", content: answer } }] },
    );
    yield {
      id: `${prefix}-${i.toString(36).padStart(8, "0")}`,
      project,
      v: 1,
      at: new Date(at).toISOString(),
      type: failed ? "call.failed" : aborted ? "call.aborted" : "call.completed",
      data: {
        provider,
        endpoint,
        model,
        response_model: failed ? null : model,
        method: "POST",
        path,
        status_code: aborted ? null : error?.status ?? 200,
        error: error ? { code: error.code, message: error.message, origin: error.origin } : null,
        stream,
        cache,
        cache_decision,
        saved_latency_ms: hit ? latency : null,
        saved_cost_usd: hit && price ? money(input * price[0] + output * price[1]) : null,
        latency_ms: took,
        ttft_ms: stream && !failed
          ? Math.round(took * (0.2 + 0.3 * random()) * 1_000) / 1_000
          : null,
        overhead_ms: 0.4 + random() / 2,
        usage: {
          buckets: { ...emptyBuckets(), input: input - cached, cache_read: cached, output },
          source: failed ? "none" : "provider",
          reported_total: failed ? null : input + output,
          consistent: true,
        },
        cost: {
          usd: usd === null ? null : money(usd),
          lines: [],
          price: {
            source: price ? "genai-prices" : "none",
            version: "0.1.8",
            provider: price ? provider : null,
            model: price ? model : null,
            match: price ? "exact" : "none",
            tier: "standard",
          },
          ...(price === null && { unpriced_reason: "No price is known for this model." }),
        },
        finish_reason: failed ? null : "stop",
        tool_calls: [],
        response_id: null,
        key_id: `key${ranked(levels)}`,
        user_id: user === null ? null : `user-${user}`,
        session_id: user === null ? null : `session-${user}-${span}`,
        trace_id: random() < 0.3 ? `trace-${i >> 2}` : null,
        span_id: null,
        parent_span_id: null,
        properties: {
          team: `team-${ranked(8)}`,
          feature,
          environment: random() < 0.9 ? "production" : "staging",
        },
        response_bytes: answered.length,
        demo: false,
      },
      payloads: { request: inside(request), response: inside(answered) },
    };
  }
  return undefined;
}

type Payloads = NonNullable<CallEvent["payloads"]>;

function inside(text: string): Payloads[string] {
  return {
    content_type: "application/json",
    original_bytes: text.length,
    bytes: text.length,
    truncated: false,
    stored: { as: "text", text },
  };
}

/** Billionths of a dollar as decimal dollars. */
function money(billionths: number): string {
  const digits = String(billionths).padStart(10, "0");
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`.replace(/\.?0+$/, "");
}

/** Times of all calls, ascending: busy in the day, quiet at night and on Sundays. */
function timesOf(count: number, now: number, days: number, random: () => number): Float64Array {
  const hours = days * 24;
  const from = now - hours * 3_600_000;
  const weights = Array.from({ length: hours }, (_, i) => {
    const date = new Date(from + i * 3_600_000);
    const day = [0.35, 1, 1.1, 1.1, 1.05, 0.95, 0.45][date.getUTCDay()] ?? 1;
    return day * (0.15 + Math.exp(-((date.getUTCHours() - 14) ** 2) / 26));
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const times = new Float64Array(count);
  let filled = 0;
  let due = 0;
  weights.forEach((weight, i) => {
    due += (weight / total) * count;
    const until = i === hours - 1 ? count : Math.round(due);
    while (filled < until) times[filled++] = Math.floor(from + (i + random()) * 3_600_000);
  });
  return times.sort();
}
