import { expect } from "expect";
import { isCallEvent } from "@/core/event/event.ts";
import { upcast } from "@/core/event/upcast.ts";
import type { CallData } from "@/core/event/call.ts";
import { emptyBuckets } from "@/core/event/usage.ts";
import type { EventDraft, Payload } from "@/core/log/contract.ts";
import { appendHistory } from "@/tools/demo/append_history.ts";
import { expectedCalls, planHistory } from "@/tools/demo/history.ts";
import type { PlannedCall } from "@/tools/demo/plan.ts";
import { incidents } from "@/tools/demo/shape.ts";
import { createSimulator } from "@/tools/simulator/simulator.ts";

const day = 86_400_000;
const end = Date.parse("2026-11-20T15:00:00.000Z");
const month = { end, days: 30, rate: 40, seed: 1 };

const ago = (call: PlannedCall) => (end - call.at) / day;

Deno.test("planHistory() is repeatable, in order, and stays inside its days", () => {
  const calls = [...planHistory(month)];
  expect([...planHistory(month)].map((call) => call.span)).toEqual(calls.map((call) => call.span));
  expect(calls.map((call) => call.at)).toEqual(
    calls.map((call) => call.at).toSorted((a, b) => a - b),
  );
  expect(Math.min(...calls.map((call) => call.at))).toBeGreaterThanOrEqual(end - 30 * day);
  expect(Math.max(...calls.map((call) => call.at))).toBeLessThanOrEqual(end);
  expect(calls.length / expectedCalls(month)).toBeGreaterThan(0.8);
  expect(calls.length / expectedCalls(month)).toBeLessThan(1.25);
});

Deno.test("planHistory() has days and nights, weekdays and weekends, a spike and a quiet day", () => {
  const calls = [...planHistory(month)];
  const share = (holds: (date: Date) => boolean) =>
    calls.filter((call) => holds(new Date(call.at))).length / calls.length;
  const night = share((date) => date.getUTCHours() < 5) / 5;
  const noon = share((date) => date.getUTCHours() >= 9 && date.getUTCHours() < 17) / 8;
  expect(noon / night).toBeGreaterThan(5);
  const weekend = share((date) => date.getUTCDay() % 6 === 0) / 2;
  expect(weekend).toBeLessThan(share((date) => date.getUTCDay() % 6 !== 0) / 5 * 0.7);

  const within = (from: number, to: number) =>
    calls.filter((call) => ago(call) <= from && ago(call) > to).length / (from - to);
  const { spike, quietDay } = incidents;
  expect(within(spike.from, spike.to)).toBeGreaterThan(2.5 * within(spike.from - 1, spike.to - 1));
  expect(within(quietDay.from, quietDay.to)).toBeLessThan(
    0.7 * within(quietDay.from - 7, quietDay.to - 7),
  );
});

Deno.test("planHistory() changes models over the month and brings users, sessions and tools", () => {
  const calls = [...planHistory(month)];
  const modelsOf = (some: PlannedCall[]) => new Set(some.map((call) => call.model));
  expect(modelsOf(calls.filter((call) => ago(call) > 25))).toContain("gpt-3.5-turbo");
  expect(modelsOf(calls.filter((call) => ago(call) < 5))).not.toContain("gpt-3.5-turbo");
  expect(modelsOf(calls.filter((call) => ago(call) < 5))).toContain("gpt-7-preview");
  expect(new Set(calls.map((call) => call.provider)).size).toBeGreaterThanOrEqual(6);
  expect(new Set(calls.map((call) => call.user)).size).toBeGreaterThan(100);
  const sessions = Map.groupBy(calls.filter((call) => call.session), (call) => call.session);
  expect([...sessions.values()].some((session) => session.length >= 3)).toBe(true);
  expect(calls.some((call) => call.parentSpan !== null)).toBe(true);
});

interface Appended<E = EventDraft> {
  readonly event: E;
  readonly payloads: Readonly<Record<string, Payload>>;
}

/** The calls of a history. */
async function history(days: number): Promise<(Appended & { readonly data: CallData })[]> {
  return (await whole(days)).flatMap(({ event, payloads }) =>
    isCallEvent(event) ? [{ event, payloads, data: event.data }] : []
  );
}

async function whole(days: number): Promise<Appended[]> {
  const appended: Appended[] = [];
  await appendHistory({
    end,
    days,
    rate: 60,
    seed: 1,
    project: "p",
    simulator: createSimulator(),
    signal: new AbortController().signal,
    onProgress: () => {},
    writer: {
      append(event, payloads = {}) {
        appended.push({ event, payloads });
        const position = { partition: 0, versionstamp: "0".repeat(20), index: 0 };
        return Promise.resolve({ id: event.id, position });
      },
    },
  });
  return appended;
}

Deno.test("appendHistory() writes events that their schema accepts, all marked as demo", async () => {
  const appended = await whole(8);
  for (const { event } of appended) {
    expect(upcast(event)).toMatchObject({ ok: true, event: { data: { demo: true } } });
  }
  expect(new Set(appended.map(({ event }) => event.id)).size).toBe(appended.length);
  const types = new Set(appended.map(({ event }) => event.type));
  expect(types).toEqual(
    new Set([
      "call.completed",
      "call.failed",
      "call.aborted",
      "span.recorded",
      "score.recorded",
    ]),
  );
});

Deno.test("appendHistory() has traces whose spans hold what they lead to, in time and in the tree", async () => {
  const appended = await whole(8);
  const traces = new Map<string, Placed[]>();
  for (const { event } of appended) {
    const placed = placedOf(event);
    if (placed) traces.set(placed.trace, [...(traces.get(placed.trace) ?? []), placed]);
  }
  const withSpans = [...traces.values()].filter((spans) => spans.some(({ kind }) => kind !== null));
  expect(withSpans.length).toBeGreaterThan(50);
  for (const spans of withSpans) {
    const byId = new Map(spans.map((one) => [one.span, one]));
    expect(spans.filter(({ parent }) => parent === null)).toHaveLength(1);
    for (const { parent, from, to } of spans) {
      if (parent === null) continue;
      const above = byId.get(parent);
      expect(above).toBeDefined();
      if (!above) continue;
      expect(from).toBeGreaterThanOrEqual(above.from - 1);
      expect(to).toBeLessThanOrEqual(above.to + 1);
    }
  }
  const kinds = new Set(withSpans.flat().map(({ kind }) => kind));
  expect(kinds).toEqual(new Set([null, "agent", "agent_step", "tool", "chain", "retriever"]));
});

interface Placed {
  readonly trace: string;
  readonly span: string;
  readonly parent: string | null;
  /** Null: a call. */
  readonly kind: string | null;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

function placedOf(event: EventDraft): Placed | null {
  const call = isCallEvent(event) ? event.data : null;
  const span = event.type === "span.recorded" ? event.data : null;
  const data = call ?? span;
  if (!data?.trace_id || !data.span_id) return null;
  const from = span ? span.start_us / 1_000 : Date.parse(event.at);
  return {
    trace: data.trace_id,
    span: data.span_id,
    parent: data.parent_span_id,
    kind: span?.kind ?? null,
    from,
    to: from + (call?.latency_ms ?? span?.duration_ms ?? 0),
  };
}

Deno.test("appendHistory() prices what has a price, and says why the rest has none", async () => {
  const answered = (await history(8)).filter(({ event }) => event.type === "call.completed");
  for (const { data } of answered) {
    expect(data.usage.buckets).not.toEqual(emptyBuckets());
    expect(data.usage.consistent).toBe(true);
    expect(data.cost.usd === null).toBe(data.cost.unpriced_reason !== undefined);
  }
  const unpriced = answered.filter(({ data }) => data.cost.usd === null);
  expect(new Set(unpriced.map(({ data }) => data.model))).toEqual(new Set(["gpt-7-preview"]));
  expect(answered.some(({ data }) => data.usage.buckets.cache_read > 0)).toBe(true);
  expect(answered.some(({ data }) => data.usage.buckets.reasoning > 0)).toBe(true);
  expect(answered.some(({ data }) => data.tool_calls.length > 0)).toBe(true);
});

Deno.test("appendHistory() has hits that cost nothing and name the call that bought their answer", async () => {
  const appended = await history(8);
  const byId = new Map(appended.map((one) => [one.event.id, one]));
  const hits = appended.filter(({ data }) => data.cache === "HIT");
  expect(hits.length / appended.length).toBeGreaterThan(0.1);
  expect(hits.length / appended.length).toBeLessThan(0.5);
  for (const { event, data } of hits) {
    const { source_event = "", age_ms = -1 } = data.cache_decision ?? {};
    const source = byId.get(source_event);
    expect(data.cost.usd).toBe("0");
    expect(source?.data.cache).toBe("MISS");
    expect(data.saved_cost_usd).toBe(source?.data.cost.usd);
    expect(age_ms).toBe(Date.parse(event.at) - Date.parse(source?.event.at ?? ""));
    expect(age_ms).toBeLessThan(day);
  }
  expect(hits.some(({ data }) => Number(data.saved_cost_usd) > 0.001)).toBe(true);
});

Deno.test("appendHistory() keeps recent bodies, with the ids that the events name", async () => {
  const appended = await history(3);
  const recent = appended.filter(({ event }) => end - Date.parse(event.at) < day);
  // The answer of a hit stands with the call that bought it.
  const holds = ({ data, payloads }: typeof recent[number]) =>
    payloads.request && (payloads.response !== undefined || data.cache === "HIT");
  expect(recent.every(holds)).toBe(true);
  const older = appended.filter(({ event }) => end - Date.parse(event.at) > 2.5 * day);
  const kept = older.filter(({ payloads }) => payloads.request).length;
  expect(kept / older.length).toBeLessThan(0.3);

  const ids = recent.flatMap(({ data }) => data.response_id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  const named = recent.find(({ data }) => data.response_id);
  const body = new TextDecoder().decode(named?.payloads.response?.bytes);
  expect(body).toContain(named?.data.response_id);
});
