import { expect } from "expect";
import fc from "fast-check";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import { findShadowed, type Link } from "@/consumers/clickhouse/shadow_rule.ts";
import { createClickHouseProjection } from "@/consumers/clickhouse/projection.ts";
import type { Effect } from "@/consumers/clickhouse/project.ts";
import { upcast } from "@/core/event/upcast.ts";
import type { EventDraft } from "@/core/log/contract.ts";
import { useClickHouse } from "../fixtures/clickhouse.ts";
import { call } from "./event.ts";
import { span } from "./span_events.ts";

const clickhouse = useClickHouse();

type Maker = (trace: string) => EventDraft;

const place = (trace: string, id: string, parent: string | null) => ({
  trace_id: trace,
  span_id: id,
  parent_span_id: parent,
});
/** An instrumentation's call, an HTTP client's span below it, the gateway's call below that. */
const outer: Maker = (t) =>
  call({ id: `${t}-outer`, data: { source: "otel", ...place(t, "1", null) } });
const between: Maker = (t) => span({ id: `${t}-http`, data: place(t, "2", "1") });
const proxied: Maker = (t) =>
  call({ id: `${t}-proxied`, data: { ...place(t, "x", "2"), span_id: null } });
/** A call of an instrumentation with nothing below it. */
const alone: Maker = (t) =>
  call({ id: `${t}-alone`, data: { source: "otel", ...place(t, "9", "8") } });

const range = { from: "2026-03-04T00:00:00.000Z", to: "2026-03-05T00:00:00.000Z" };

Deno.test("of two records of a call one counts, in whatever order and batches they come", async () => {
  await using db = await clickhouse.database();
  const projection = createClickHouseProjection({
    store: db.store,
    generation: 1,
    logGeneration: 1,
  });
  const signal = new AbortController().signal;
  let batches = 0;
  let traces = 0;
  const deliver = async (events: readonly EventDraft[]) => {
    const versionstamp = String(++batches).padStart(20, "0");
    const effects: Effect[] = [];
    for (const [index, event] of events.entries()) {
      const read = upcast(event);
      if (!read.ok) throw new Error(read.detail);
      const position = { partition: 0, versionstamp, index };
      const entry = { position, raw: event, bytes: 1 };
      const projected = await projection.project(read.event, entry, () => Promise.resolve(null));
      if (!projected.ok || !projected.row) throw new Error("It has an effect");
      effects.push(projected.row);
    }
    for (let stage = 0; stage < projection.stages; stage++) {
      for (let again = 0; again < 2; again++) {
        const done = await projection.deliver(stage, effects, `${versionstamp}:${stage}`, signal);
        expect(done).toEqual({ ok: true });
      }
    }
  };
  const analytics = createAnalytics(db.store);

  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([outer, between, proxied, alone], { minLength: 4 }),
      fc.integer({ min: 0, max: 15 }),
      async (makers, cuts) => {
        const trace = `trace-${++traces}`;
        let batch: EventDraft[] = [];
        for (const [i, make] of makers.entries()) {
          batch.push(make(trace));
          if ((cuts & 1 << i) === 0) continue;
          await deliver(batch);
          batch = [];
        }
        if (batch.length > 0) await deliver(batch);
        const filters = { trace_id: [trace] };
        const { stats } = await analytics.stats("project-1", { range, filters });
        expect(stats.total_requests).toBe(2);
        expect(stats.total_cost_usd).toBe("0.0009");
        const { logs, total } = await analytics.logs("project-1", { range, filters });
        expect(logs.map(({ event_id }) => event_id).sort()).toEqual([
          `${trace}-alone`,
          `${trace}-proxied`,
        ]);
        expect(total).toBe(2);
      },
    ),
    { numRuns: 25 },
  );
});

Deno.test("what lies more than a day apart is not one call, whatever else came with it", () => {
  const day = 86_400_000;
  const link = { trace_id: "t", is_call: true, candidate: false, versionstamp: "a", index: 0 };
  const outer: Link = { ...link, at: 0, event_id: "o", span_id: "1", parent: "", candidate: true };
  const http: Link = { ...link, at: day, event_id: "h", span_id: "2", parent: "1", is_call: false };
  const inner = (at: number, parent: string): Link => ({
    ...link,
    at,
    event_id: "i",
    span_id: "3",
    parent,
  });
  expect(findShadowed([outer, inner(day, "1")])).toHaveLength(1);
  expect(findShadowed([outer, inner(day + 1, "1")])).toEqual([]);
  expect(findShadowed([outer, http, inner(day, "2")])).toHaveLength(1);
  // Each of them is within a day of the one between.
  expect(findShadowed([outer, http, inner(day + 1, "2")])).toEqual([]);
});
