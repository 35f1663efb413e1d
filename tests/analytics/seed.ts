/**
 * Random calls as they come out of the log, brought into ClickHouse by the real projection, so that a
 * test can compute what analytics must say from the events themselves.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { createProject } from "@/consumers/clickhouse/project.ts";
import type { CallRows } from "@/consumers/clickhouse/rows.ts";
import type { CallData } from "@/core/event/call.ts";
import { type CallEvent, type Event, eventSchema } from "@/core/event/event.ts";
import { emptyBuckets } from "@/core/event/usage.ts";
import { seededRandom } from "@/tools/seeded_random.ts";

const types = ["call.completed", "call.completed", "call.failed", "call.aborted"] as const;
const providers = ["openai", "anthropic", "google"];
const models = ["gpt-4o", "claude-sonnet-4-5", "gemini-2.5-pro", "o3", "gpt-4o-mini", "", "x/y z"];
const caches = ["HIT", "HIT-SEMANTIC", "HIT-COALESCED", "MISS", "BYPASS"] as const;
const endpoints = ["chat", "messages", "embeddings"] as const;

export interface SeedOptions {
  readonly project: string;
  readonly count: number;
  readonly seed: number;
  /** Milliseconds since 1970; events lie in [from, to). */
  readonly from: number;
  readonly to: number;
}

export function randomCalls({ project, count, seed, from, to }: SeedOptions): CallEvent[] {
  const random = seededRandom(seed);
  const whole = (below: number) => Math.floor(random() * below);
  const one = <T>(of: readonly T[]): T => of[whole(of.length)] ?? of[0]!; // of is never empty
  return Array.from({ length: count }, (_, i) => {
    const type = one(types);
    const priced = random() < 0.8;
    return callEvent({
      id: `${project}-${seed}-${String(i).padStart(6, "0")}`,
      project,
      type,
      at: new Date(from + whole(to - from)).toISOString(),
    }, {
      provider: one(providers),
      model: one(models),
      endpoint: one(endpoints),
      status_code: type === "call.aborted"
        ? null
        : type === "call.failed"
        ? one([400, 429, 500])
        : 200,
      cache: one(caches),
      // What others recorded need not say how long it took.
      latency_ms: random() < 0.8 ? whole(5_000_000) / 1000 : null,
      ttft_ms: random() < 0.5 ? whole(900) : null,
      stream: random() < 0.5,
      user_id: random() < 0.9 ? `user ${whole(15)}` : null,
      session_id: random() < 0.5 ? `s${whole(40)}` : null,
      trace_id: random() < 0.5 ? `t${whole(40)}` : null,
      properties: random() < 0.5 ? { team: one(["red", "blue", ""]), "a.b c": "1" } : {},
      usage: {
        buckets: {
          ...emptyBuckets(),
          input: whole(10_000),
          cache_read: whole(3_000),
          cache_write_5m: whole(100),
          output: whole(2_000),
          reasoning: whole(500),
        },
        source: "provider",
        reported_total: null,
        consistent: true,
      },
      cost: cost(priced ? money(whole(4), whole(1_000_000), whole(1_000_000)) : null),
    });
  });
}

function money(dollars: number, millionths: number, rest: number): string {
  const digits = `${dollars}.${String(millionths).padStart(6, "0")}${
    String(rest).padStart(6, "0")
  }`;
  return digits.replace(/\.?0+$/, "") || "0";
}

function cost(usd: string | null): CallData["cost"] {
  const price = { provider: "openai", model: "m", match: "exact", tier: "standard" } as const;
  return usd === null
    ? {
      usd,
      lines: [],
      price: { ...price, source: "none", version: "", match: "none" },
      unpriced_reason: "No price is known for this model.",
    }
    : {
      usd,
      lines: [{ bucket: "input", units: 1_000, usd_per_million: "2.5", usd }],
      price: { ...price, source: "genai-prices", version: "0.1.8" },
    };
}

type Head = Pick<CallEvent, "id" | "project" | "type" | "at">;

/** A call with everything that the caller does not set. */
export function callEvent(
  head: Partial<Head> & Pick<Head, "id" | "project">,
  data: Partial<CallData> = {},
  bodies: { readonly request?: string; readonly response?: string } = {},
): CallEvent {
  const event = {
    type: "call.completed",
    at: "2026-03-01T10:00:00.000Z",
    ...head,
    v: 1,
    data: {
      provider: "openai",
      endpoint: "chat",
      model: "gpt-4o",
      response_model: null,
      method: "POST",
      path: "/v1/chat/completions",
      status_code: 200,
      error: null,
      stream: false,
      cache: "MISS",
      latency_ms: 100,
      ttft_ms: null,
      overhead_ms: 0.5,
      usage: {
        buckets: emptyBuckets(),
        source: "none",
        reported_total: null,
        consistent: true,
      },
      cost: cost("0.01"),
      finish_reason: "stop",
      tool_calls: [],
      response_id: null,
      key_id: "abcdefghijkl",
      user_id: null,
      session_id: null,
      trace_id: null,
      span_id: null,
      parent_span_id: null,
      properties: {},
      response_bytes: 10,
      demo: false,
      ...data,
    },
    payloads: Object.fromEntries(
      Object.entries(bodies).map(([name, text]) => [name, {
        content_type: "application/json",
        original_bytes: text.length,
        bytes: text.length,
        truncated: false,
        stored: { as: "text", text },
      }]),
    ),
  };
  // The schema is the judge of whether this is a call; it gives the union of all events back.
  return eventSchema.parse(event) as CallEvent;
}

let commits = 0;

/** Projects and stores events, in batches of at most a thousand rows. */
export async function store(db: ClickHouseStore, events: readonly Event[]): Promise<void> {
  const project = createProject(1);
  const rows: CallRows[] = [];
  for (const event of events) {
    const versionstamp = (++commits).toString(16).padStart(20, "0");
    const position = { partition: 0, versionstamp, index: 0 };
    const projected = await project(event, position, () => Promise.resolve(null));
    if (!projected.ok) throw new Error(projected.detail);
    if (projected.row?.kind === "call") rows.push(projected.row.rows);
  }
  for (let at = 0; at < rows.length; at += 1_000) {
    const batch = rows.slice(at, at + 1_000);
    await db.insert("events_g1", batch.map(({ events }) => events));
    await db.insert("events_list_g1", batch.map(({ events_list }) => events_list));
    await db.insert("event_bodies_g1", batch.map(({ event_bodies }) => event_bodies));
    const spans = batch.flatMap((row) => row.spans ? [row.spans] : []);
    if (spans.length > 0) await db.insert("spans_g1", spans);
  }
}

/** An exact sum of decimal strings, without trailing zeros. */
export function sumUsd(values: readonly (string | null)[]): string {
  const total = values.reduce((sum, value) => sum + (value === null ? 0n : units(value)), 0n);
  const digits = total.toString().padStart(13, "0");
  return `${digits.slice(0, -12)}.${digits.slice(-12)}`.replace(/\.?0+$/, "") || "0";
}

/** Millionths of a millionth of a dollar. */
export function units(usd: string): bigint {
  const [dollars = "0", rest = ""] = usd.split(".");
  return BigInt(dollars) * 10n ** 12n + BigInt(rest.padEnd(12, "0"));
}
