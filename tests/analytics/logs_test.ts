import { expect } from "expect";
import fc from "fast-check";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import type { Analytics, Filters, LogsQuery } from "@/core/analytics/contract.ts";
import { readCursor, writeCursor } from "@/core/analytics/cursor.ts";
import { logPageSchema } from "@/core/analytics/types.ts";
import { AppError } from "@/core/error.ts";
import type { CallEvent } from "@/core/event/event.ts";
import { inputTokens, outputTokens } from "@/core/event/usage.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { callEvent, randomCalls, store } from "./seed.ts";

const clickhouse = useClickHouse();
const from = Date.UTC(2026, 2, 1);
const to = Date.UTC(2026, 2, 4);
const statusOf = {
  "call.completed": "success",
  "call.failed": "error",
  "call.aborted": "aborted",
} as const;

const byTime = (a: CallEvent, b: CallEvent) =>
  a.at === b.at ? (a.id < b.id ? -1 : 1) : (a.at < b.at ? -1 : 1);

/** Every page that the cursors lead to. */
async function allPages(analytics: Analytics, query: LogsQuery): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = null;;) {
    const page = await analytics.logs("p", { ...query, ...(cursor !== null && { cursor }) });
    ids.push(...page.logs.map(({ event_id }) => event_id));
    expect(page.has_more).toBe(page.next_cursor !== null);
    if (page.next_cursor === null) return ids;
    cursor = page.next_cursor;
  }
}

Deno.test("logs() has every row once, in order, by cursor and by offset", async () => {
  await using db = await clickhouse.database();
  const analytics = createAnalytics(db.store);
  // So many in so little time that several share a millisecond.
  const events = randomCalls({ project: "p", count: 700, seed: 21, from, to: from + 300 });
  await store(db.store, [
    ...events,
    ...randomCalls({ project: "q", count: 300, seed: 22, from, to: from + 300 }),
  ]);
  const ascending = events.toSorted(byTime).map(({ id }) => id);
  expect(await allPages(analytics, { limit: 64, order: "asc" })).toEqual(ascending);
  expect(await allPages(analytics, { limit: 64 })).toEqual(ascending.toReversed());

  const page = await analytics.logs("p", { limit: 50, offset: 100, order: "asc" });
  expect(logPageSchema.parse(page)).toEqual(page);
  expect(page).toMatchObject({ total: 700, limit: 50, offset: 100, has_more: true });
  expect(page.logs.map(({ event_id }) => event_id)).toEqual(ascending.slice(100, 150));
  const last = await analytics.logs("p", { limit: 50, offset: 650 });
  expect(last).toMatchObject({ total: 700, has_more: false, next_cursor: null });
});

Deno.test("a row says what its event said", async () => {
  await using db = await clickhouse.database();
  const events = randomCalls({ project: "p", count: 200, seed: 23, from, to });
  await store(db.store, events);
  const { logs } = await createAnalytics(db.store).logs("p", { limit: 1_000 });
  const rows = new Map(logs.map((row) => [row.event_id, row]));
  for (const { id, type, at, data } of events) {
    const { buckets } = data.usage;
    expect(rows.get(id)).toEqual({
      event_id: id,
      type,
      timestamp: at,
      provider: data.provider,
      model: data.model,
      status: statusOf[type],
      status_code: data.status_code,
      stream: data.stream,
      cache: data.cache,
      tokens_input: inputTokens(buckets),
      tokens_output: outputTokens(buckets),
      tokens_cache_read: buckets.cache_read,
      tokens_cache_write: buckets.cache_write_5m,
      tokens_reasoning: buckets.reasoning,
      cost_usd: data.cost.usd,
      price_source: data.cost.price.source,
      latency_ms: data.latency_ms,
      ttft_ms: data.ttft_ms,
      user_id: data.user_id,
      session_id: data.session_id,
      trace_id: data.trace_id,
      span_id: data.span_id,
      properties: data.properties,
      preview: "",
    });
  }
});

Deno.test("pages neither repeat nor skip a row while newer ones arrive", async () => {
  await using db = await clickhouse.database();
  const analytics = createAnalytics(db.store);
  const events = randomCalls({ project: "p", count: 120, seed: 24, from, to });
  await store(db.store, events);
  const seen: string[] = [];
  let cursor: string | null = null;
  for (let round = 0;; round++) {
    const page: Awaited<ReturnType<Analytics["logs"]>> = await analytics.logs("p", {
      limit: 25,
      ...(cursor !== null && { cursor }),
    });
    seen.push(...page.logs.map(({ event_id }) => event_id));
    await store(
      db.store,
      randomCalls({ project: "p", count: 30, seed: 100 + round, from: to, to: to + 1_000 }),
    );
    cursor = page.next_cursor;
    if (cursor === null) break;
  }
  expect(seen).toEqual(events.toSorted(byTime).toReversed().map(({ id }) => id));
});

/** The meaning of filters, in plain words over the events. */
function meets({ type, data }: CallEvent, filters: Filters): boolean {
  const any = (values: readonly string[] | undefined, own: string | null) =>
    values === undefined || (own !== null && values.includes(own));
  const code = String(data.status_code ?? "");
  const status = filters.status === undefined ||
    filters.status.some((asked) =>
      asked === statusOf[type] || asked === code || asked === `${code.slice(0, 1)}xx`
    );
  const properties = Object.entries(filters.properties ?? {}).every(([name, values]) =>
    Object.hasOwn(data.properties, name) && values.includes(data.properties[name] ?? "")
  );
  return status && properties && any(filters.provider, data.provider) &&
    any(filters.model, data.model) && any(filters.user_id, data.user_id) &&
    any(filters.session_id, data.session_id) && any(filters.trace_id, data.trace_id) &&
    any(filters.cache, data.cache) && any(filters.type, type) &&
    any(filters.endpoint, data.endpoint);
}

Deno.test("random filters give exactly the rows that they describe", async () => {
  await using db = await clickhouse.database();
  const analytics = createAnalytics(db.store);
  const events = randomCalls({ project: "p", count: 400, seed: 25, from, to });
  await store(db.store, [
    ...events,
    ...randomCalls({ project: "q", count: 400, seed: 25, from, to }),
  ]);
  const some = (...values: string[]) =>
    fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });
  const filters = fc.record({
    status: some("success", "error", "aborted", "200", "429", "4xx", "5xx", "2xx"),
    provider: some("openai", "anthropic", "google", "nobody"),
    model: some("gpt-4o", "o3", "x/y z", "GPT-4O"),
    user_id: some("user 1", "user 2", "user"),
    session_id: some("s1", "s2", "s3"),
    trace_id: some("t1", "t2", "t3"),
    cache: some("HIT", "MISS", "BYPASS", "HIT-SEMANTIC"),
    type: some("call.completed", "call.failed"),
    endpoint: some("chat", "messages"),
    properties: fc.dictionary(
      fc.constantFrom("team", "a.b c", "absent", "__proto__"),
      some("red", "blue", "", "1"),
      { minKeys: 1, maxKeys: 2, noNullPrototype: true },
    ),
  }, { requiredKeys: [] });
  await fc.assert(
    fc.asyncProperty(filters, async (filters) => {
      const page = await analytics.logs("p", { filters, limit: 1_000, order: "asc" });
      const expected = events.filter((event) => meets(event, filters)).toSorted(byTime);
      expect(page.logs.map(({ event_id }) => event_id)).toEqual(expected.map(({ id }) => id));
      expect(page.total).toBe(expected.length);
    }),
    { numRuns: 300, endOnFailure: true },
  );
});

Deno.test("a property is found by the capitals of the header that it came in", async () => {
  await using db = await clickhouse.database();
  const call = (id: string, properties: Record<string, string>) =>
    callEvent({ id, project: "p", at: new Date(from).toISOString() }, { properties });
  await store(db.store, [
    call("header", { team: "red" }),
    call("sdk", { Team: "red" }),
    call("other", { team: "blue" }),
  ]);
  const found = async (name: string) => {
    const { logs } = await createAnalytics(db.store)
      .logs("p", { limit: 10, filters: { properties: { [name]: ["red"] } } });
    return logs.map(({ event_id }) => event_id).sort();
  };
  expect(await found("Team")).toEqual(["header", "sdk"]);
  expect(await found("team")).toEqual(["header"]);
});

Deno.test("rows() gives what logs() pages through", async () => {
  await using db = await clickhouse.database();
  const analytics = createAnalytics(db.store);
  await store(db.store, randomCalls({ project: "p", count: 1_500, seed: 26, from, to }));
  const query: LogsQuery = { filters: { provider: ["openai"] }, order: "asc" };
  const ids: string[] = [];
  for await (const { event_id } of analytics.rows("p", query)) ids.push(event_id);
  expect(ids).toEqual(await allPages(analytics, { ...query, limit: 1_000 }));
});

Deno.test("a cursor that was not given out is refused, by name", async () => {
  await using db = await clickhouse.database();
  const analytics = createAnalytics(db.store);
  const good = writeCursor({ order: "desc", timestamp: "2026-01-01T00:00:00.000Z", eventId: "e" });
  await analytics.logs("p", { cursor: good });
  for (const cursor of ["x", "", "bnVsbA", btoa("[]"), `${good}x`, good.slice(1), "é"]) {
    await expect(analytics.logs("p", { cursor })).rejects.toMatchObject({
      code: "bad_request",
      details: { fields: [{ field: "cursor" }] },
    });
  }
  await expect(analytics.logs("p", { cursor: good, order: "asc" })).rejects.toThrow(AppError);
});

Deno.test("a cursor comes back as it was written, and nothing else is read as one", () => {
  fc.assert(fc.property(
    fc.constantFrom("asc" as const, "desc" as const),
    fc.date({ min: new Date(0), max: new Date("2299-01-01"), noInvalidDate: true }),
    fc.string({ minLength: 1, maxLength: 128, unit: "grapheme" }).filter((id) => id.length <= 60),
    (order, date, eventId) => {
      const cursor = { order, timestamp: date.toISOString(), eventId };
      expect(readCursor(writeCursor(cursor))).toEqual(cursor);
    },
  ));
  fc.assert(fc.property(fc.string(), (text) => {
    const read = readCursor(text);
    if (read) expect(writeCursor(read)).toBe(text);
  }));
});

Deno.test("q finds whole words in the question or the answer, in any case and script", async () => {
  await using db = await clickhouse.database();
  const analytics = createAnalytics(db.store);
  const asked = (text: string) => JSON.stringify({ messages: [{ role: "user", content: text }] });
  const answered = (text: string) =>
    JSON.stringify({ choices: [{ message: { role: "assistant", content: text } }] });
  const texts: Record<string, [string, string]> = {
    refund: ["Where is my Refund?", "It was sent on Monday."],
    tower: ["How high is the Eiffel tower", "330 m, 100% sure"],
    tokyo: ["東京の人口は?", "約1400万人です"],
    street: ["Größe der Straße", "ÄRGERLICH"],
    signs: ["-->", "=SUM(A1)"],
  };
  const stored = (project: string) =>
    Object.entries(texts).map(([id, [request, response]]) =>
      callEvent({ id, project }, {}, { request: asked(request), response: answered(response) })
    );
  await store(db.store, [...stored("p"), ...stored("q")]);
  const found = async (q: string) =>
    (await analytics.logs("p", { filters: { q } })).logs.map(({ event_id }) => event_id).sort();

  expect(await found("refund")).toEqual(["refund"]);
  expect(await found("REFUND where")).toEqual(["refund"]);
  expect(await found("monday")).toEqual(["refund"]);
  expect(await found("refun")).toEqual([]);
  expect(await found("is")).toEqual(["refund", "tower"]);
  expect(await found("eiffel, TOWER!")).toEqual(["tower"]);
  expect(await found("100%")).toEqual(["tower"]);
  expect(await found("東京")).toEqual(["tokyo"]);
  expect(await found("人口")).toEqual(["tokyo"]);
  expect(await found("größe straße")).toEqual(["street"]);
  expect(await found("ärgerlich")).toEqual(["street"]);
  expect(await found("-->")).toEqual(["signs"]);
  expect(await found("%")).toEqual(["tower"]);
  // The words must all stand on one side.
  expect(await found("refund monday")).toEqual([]);
});
