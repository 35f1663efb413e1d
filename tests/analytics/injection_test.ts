/**
 * Values that try to leave their place in a query: each must mean what it says, or be refused, and no row
 * of another project may ever be seen.
 */
import { expect } from "expect";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import type { Analytics, Filters, GroupBy } from "@/core/analytics/contract.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { hostile } from "./hostile.ts";
import { callEvent, store } from "./seed.ts";

const clickhouse = useClickHouse();
const range = { from: "2026-03-01T00:00:00.000Z", to: "2026-03-02T00:00:00.000Z" };

const columns = ["provider", "model", "user_id", "session_id", "trace_id"] as const;
/** Filters whose values the projection cannot hold: they match nothing. */
const closed = ["type", "endpoint", "cache", "status"] as const;

Deno.test("there are more than a hundred hostile values, all different", () => {
  expect(new Set(hostile).size).toBe(hostile.length);
  expect(hostile.length).toBeGreaterThanOrEqual(100);
});

Deno.test("every filter takes a hostile value for what it is", async () => {
  await using db = await clickhouse.database();
  const analytics = createAnalytics(db.store);
  const events = (project: string) =>
    hostile.map((text, i) =>
      callEvent({ id: `${project}${i}`, project }, {
        provider: text,
        model: text,
        user_id: text,
        session_id: text,
        trace_id: text,
        properties: { [text]: text },
      })
    );
  await store(db.store, [...events("mine"), ...events("theirs")]);

  const ids = async (filters: Filters) => {
    const page = await analytics.logs("mine", { filters, limit: 1_000 });
    expect(page.total).toBe(page.logs.length);
    return page.logs.map(({ event_id }) => event_id);
  };
  for (const [i, text] of hostile.entries()) {
    const own = [`mine${i}`];
    for (const column of columns) {
      expect([column, text, await ids({ [column]: [text] })]).toEqual([column, text, own]);
    }
    // The events' schema keeps no property of this one name.
    const kept = text === "__proto__" ? [] : own;
    const properties = Object.fromEntries([[text, [text]]]);
    expect([text, await ids({ properties })]).toEqual([text, kept]);
    for (const column of closed) expect(await ids({ [column]: [text] })).toEqual([]);
  }
});

Deno.test("searches, groups, ids and projects take hostile values for what they are", async () => {
  await using db = await clickhouse.database();
  const analytics = createAnalytics(db.store);
  const body = (text: string) =>
    JSON.stringify({ messages: [{ role: "user", content: `before ${text} after` }] });
  const events = (project: string) =>
    hostile.map((text, i) =>
      callEvent(
        { id: `${project}${i}`, project },
        { properties: { [text]: `${project} ${i}` } },
        { request: body(text) },
      )
    );
  await store(db.store, [...events("mine"), ...events("theirs")]);

  for (const [i, text] of hostile.entries()) {
    const found = await analytics.logs("mine", { filters: { q: text }, limit: 1_000 });
    const ids = found.logs.map(({ event_id }) => event_id);
    expect([text, ids.includes(`mine${i}`)]).toEqual([text, true]);
    expect(ids.filter((id) => !id.startsWith("mine"))).toEqual([]);

    const groupBy: GroupBy = `property.${text}`;
    const series = await analytics.timeseries("mine", {
      range,
      bucketSeconds: 86_400,
      metric: "requests",
      groupBy,
    });
    if (text !== "__proto__") {
      expect([text, series.data.find(({ group }) => group === `mine ${i}`)?.value]).toEqual([
        text,
        1,
      ]);
    }
    expect(series.data.reduce((sum, { value }) => sum + Number(value), 0)).toBe(hostile.length);

    expect(await analytics.event("mine", text)).toBeNull();
    expect(await seenBy(analytics, text)).toBe(0);
  }
  // The check above would see rows.
  expect(await seenBy(analytics, "mine")).toBe(3 * hostile.length);
});

/** Rows that a project of this name sees, by every way of reading. */
async function seenBy(analytics: Analytics, project: string): Promise<number> {
  const { total } = await analytics.logs(project, {});
  const { stats } = await analytics.stats(project, { range });
  const series = await analytics.timeseries(project, {
    range,
    bucketSeconds: 86_400,
    metric: "requests",
  });
  return total + stats.total_requests +
    series.data.reduce((sum, { value }) => sum + Number(value), 0);
}

Deno.test("an id of another project is no event here", async () => {
  await using db = await clickhouse.database();
  const analytics = createAnalytics(db.store);
  await store(db.store, [callEvent({ id: "e1", project: "theirs" })]);
  expect(await analytics.event("mine", "e1")).toBeNull();
  expect(await analytics.event("theirs", "e1")).toMatchObject({ event: { event_id: "e1" } });
});
