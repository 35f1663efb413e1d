/**
 * Calls as a busy product makes them, brought into ClickHouse by the projection that consumers use: the
 * shape of a working week, a few models that do most of the work, many users of whom few are busy.
 * The same options give the same calls.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { createClickHouseProjection } from "@/consumers/clickhouse/projection.ts";
import type { Effect } from "@/consumers/clickhouse/project.ts";
import { createRoller } from "@/consumers/clickhouse/rollup.ts";
import type { CacheDecision } from "@/core/event/cache.ts";
import type { CallData } from "@/core/event/call.ts";
import type { CallEvent } from "@/core/event/event.ts";
import { emptyBuckets } from "@/core/event/usage.ts";
import { seededRandom } from "@/tools/seeded_random.ts";

export interface SeedOptions {
  readonly store: ClickHouseStore;
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
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Seeded {
  /** Time spent on making events and on their projection into rows. */
  readonly makingMs: number;
  readonly totalMs: number;
}

const batchRows = 10_000;

/** Stores the calls; their sums are `rollUp()`'s. */
export async function seedCalls(options: SeedOptions): Promise<Seeded> {
  const { store, project, count, onProgress = () => {} } = options;
  const projection = createClickHouseProjection({ store, generation: 1, logGeneration: 1 });
  const never = new AbortController().signal;
  const calls = callsOf(options);
  const begun = performance.now();
  let makingMs = 0;
  let sending: Promise<void> = Promise.resolve();
  for (let done = 0; done < count;) {
    const since = performance.now();
    const effects = batchOf(calls, projection, done);
    makingMs += performance.now() - since;
    // One batch is made while the one before is stored.
    await sending;
    const token = `seed:${options.prefix ?? "seed"}:${project}:${done}`;
    sending = deliver(projection, effects, token, never);
    // Somebody looks at the outcome at the next turn; until then a failure is nobody's.
    sending.catch(() => {});
    done += effects.length;
    onProgress(done, count);
  }
  await sending;
  return { makingMs, totalMs: performance.now() - begun };
}

/** Makes the sums of everything that is stored; true when all of it has them. */
export async function rollUp(store: ClickHouseStore, now: number): Promise<boolean> {
  const roller = createRoller({ store, now: () => now, random: Math.random });
  const never = new AbortController().signal;
  let waiting = 0;
  for (let pass = 0; pass < 6; pass++) ({ waiting } = await roller.pass(never));
  return waiting === 0;
}

export const callTables = ["events", "events_list", "event_bodies"] as const;

/** The seeded calls again, with other ids and a little earlier, inside ClickHouse: much faster. */
export async function copyCalls(
  store: ClickHouseStore,
  copy: number,
  tables: readonly typeof callTables[number][],
): Promise<void> {
  for (const table of tables) {
    await store.command(
      `INSERT INTO ${table}_g1 SELECT * REPLACE (
        concat(one.event_id, '-', {copy:String}) AS event_id,
        one.timestamp - toIntervalMillisecond({copy:UInt32} * 37) AS timestamp
      ) FROM ${table} AS one WHERE match(one.event_id, '^seed-[0-9a-z]{8}$')`,
      { copy: String(copy) },
      { timeout: 3_600_000 },
    );
  }
}

type SeedProjection = ReturnType<typeof createClickHouseProjection>;

function batchOf(
  calls: Iterator<CallEvent, undefined>,
  projection: SeedProjection,
  done: number,
): Effect[] {
  const effects: Effect[] = [];
  while (effects.length < batchRows) {
    const { value: event } = calls.next();
    if (!event) break;
    const place = done + effects.length + 1;
    const position = { partition: 0, versionstamp: place.toString(16).padStart(20, "0"), index: 0 };
    const entry = { position, raw: event, bytes: 0 };
    const projected = projection.project(event, entry, () => Promise.resolve(null));
    if (projected instanceof Promise || !projected.ok || projected.row === null) {
      throw new Error("A made-up call could not be projected");
    }
    effects.push(projected.row);
  }
  return effects;
}

async function deliver(
  projection: SeedProjection,
  effects: readonly Effect[],
  token: string,
  signal: AbortSignal,
): Promise<void> {
  const stages = Array.from({ length: projection.stages }, (_, stage) => stage);
  await Promise.all(stages.map(async (stage) => {
    const delivered = await projection.deliver(stage, effects, `${token}:${stage}`, signal);
    if (!delivered.ok) throw new Error(`Stage ${stage}: ${delivered.code} ${delivered.detail}`);
  }));
}

interface Model {
  readonly provider: string;
  readonly model: string;
  readonly endpoint: CallData["endpoint"];
  readonly path: string;
  /** Of all calls. */
  readonly share: number;
  /** Millionths of a dollar for a thousand tokens; null when nobody knows. */
  readonly price: readonly [input: number, output: number] | null;
  /** Median milliseconds. */
  readonly latency: number;
}

const chat = { endpoint: "chat", path: "/v1/chat/completions" } as const;
const messages = { endpoint: "messages", path: "/v1/messages" } as const;
const models: readonly Model[] = [
  ...[
    ["gpt-4o-mini", 0.31, [150, 600], 780],
    ["gpt-4o", 0.14, [2_500, 10_000], 1_450],
    ["gpt-4.1", 0.07, [2_000, 8_000], 1_300],
    ["o3", 0.03, [2_000, 8_000], 7_200],
    ["our-finetune-7", 0.01, null, 900],
  ].map((row) => model("openai", chat, row)),
  ...[
    ["claude-sonnet-4-5", 0.16, [3_000, 15_000], 2_100],
    ["claude-haiku-4-5", 0.09, [1_000, 5_000], 900],
    ["claude-opus-4-1", 0.02, [15_000, 75_000], 4_800],
  ].map((row) => model("anthropic", messages, row)),
  ...[["gemini-2.5-flash", 0.08, [300, 2_500], 640], [
    "gemini-2.5-pro",
    0.03,
    [1_250, 10_000],
    2_600,
  ]]
    .map((row) => model("google", chat, row)),
  ...[["llama-3.3-70b-versatile", 0.04, [590, 790], 310]].map((row) => model("groq", chat, row)),
  ...[["mistral-large-latest", 0.02, [2_000, 6_000], 1_700]].map((row) =>
    model("mistral", chat, row)
  ),
];

function model(
  provider: string,
  how: Pick<Model, "endpoint" | "path">,
  row: readonly unknown[],
): Model {
  // The literals above, in this order.
  const [name, share, price, latency] = row as [string, number, [number, number] | null, number];
  return { provider, model: name, ...how, share, price, latency };
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
function* callsOf(
  { project, count, now, days = 30, seed = 1, prefix = "seed" }: SeedOptions,
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

interface Asked {
  readonly provider: string;
  readonly endpoint: string;
  readonly model: string;
  readonly feature: string;
  readonly question: string;
  readonly other: string;
  readonly isStored: boolean;
  readonly ageMs: number;
}

const dayMs = 86_400_000;

/** What the cache says of a call, with the parts of a miss's key. */
function decisionOf(cache: CallData["cache"], asked: Asked): CacheDecision {
  const { provider, endpoint, model, feature, question, other, isStored, ageMs } = asked;
  const key = digest(model, feature, question, other);
  if (cache === "HIT") return { reason: "stored", key, age_ms: ageMs };
  if (cache === "HIT-SEMANTIC") return { reason: "similar", key, similarity: 0.97 };
  if (cache === "BYPASS") return { reason: "temperature" };
  return {
    reason: "absent",
    key,
    components: {
      project: digest("project"),
      provider: digest(provider),
      endpoint: digest(endpoint),
      model: digest(model),
      version: digest("version"),
      system: digest("system", feature),
      messages: digest(question),
      tools: digest("tools", feature),
      response_format: digest("text"),
      sampling: digest("sampling"),
      other: digest(other),
      scope: digest("scope"),
    },
    ...(isStored && { ttl_seconds: dayMs / 1_000 }),
  };
}

/** Sixteen hex digits out of texts: FNV-1a twice. */
function digest(...texts: readonly string[]): string {
  let [one, other] = [0x811c9dc5, 0x1b873593];
  for (const text of texts) {
    for (let i = 0; i < text.length; i++) {
      one = Math.imul(one ^ text.charCodeAt(i), 0x01000193);
      other = Math.imul(other ^ text.charCodeAt(i), 0x85ebca6b);
    }
  }
  return [one, other].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
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

function pickerOf(random: () => number): () => Model {
  const total = models.reduce((sum, { share }) => sum + share, 0);
  const last = models.at(-1);
  return function pick() {
    let left = random() * total;
    for (const one of models) {
      left -= one.share;
      if (left <= 0) return one;
    }
    if (!last) throw new Error("There are models.");
    return last;
  };
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
