/**
 * One trace of very many spans, brought into ClickHouse by the projection that consumers use.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { createClickHouseProjection } from "@/consumers/clickhouse/projection.ts";
import type { Event } from "@/core/event/event.ts";

export const largeTrace = "b".repeat(32);

/** Steps of ten uses of a tool each, below one root. */
export async function seedTrace(
  store: ClickHouseStore,
  { project, spans, now }: { project: string; spans: number; now: number },
): Promise<void> {
  const projection = createClickHouseProjection({ store, generation: 1, logGeneration: 1 });
  const effects = Array.from({ length: spans }, (_, i) => {
    const event = spanEvent(project, i, now - 600_000);
    const versionstamp = (i + 1).toString(16).padStart(20, "0");
    const position = { partition: 1, versionstamp, index: 0 };
    const entry = { position, raw: event, bytes: 0 };
    const projected = projection.project(event, entry, () => Promise.resolve(null));
    if (projected instanceof Promise || !projected.ok || projected.row === null) {
      throw new Error("A made-up span could not be projected");
    }
    return projected.row;
  });
  const never = new AbortController().signal;
  for (let stage = 0; stage < projection.stages; stage++) {
    const delivered = await projection.deliver(stage, effects, `trace:${stage}`, never);
    if (!delivered.ok) throw new Error(`Stage ${stage}: ${delivered.code} ${delivered.detail}`);
  }
}

function spanEvent(project: string, i: number, begin: number): Event {
  const parent = i === 0 ? null : i % 11 === 1 ? 0 : i - (i - 1) % 11;
  const start = begin + i * 100;
  const id = (n: number) => n.toString(16).padStart(16, "0");
  return {
    id: `span-${id(i)}`,
    project,
    at: new Date(start).toISOString(),
    type: "span.recorded",
    v: 1,
    data: {
      kind: i === 0 ? "agent" : i % 11 === 1 ? "agent_step" : "tool",
      name: i === 0 ? "run" : i % 11 === 1 ? `step ${i}` : `work ${i}`,
      start_us: start * 1_000,
      status_message: null,
      level: null,
      service: "worker",
      scope: null,
      environment: "production",
      release: null,
      tags: [],
      attributes: {},
      unmapped: [],
      source: "otel",
      trace_id: largeTrace,
      span_id: id(i),
      parent_span_id: parent === null ? null : id(parent),
      duration_ms: i === 0 ? 500_000 : 90,
      status: i % 97 === 5 ? "error" : "success",
      user_id: null,
      session_id: null,
      tool_name: null,
      tool_call_id: null,
      key_id: "key1",
      amends: null,
      demo: false,
    },
  };
}
