/** Calls that are priced again, through the real loop into a real ClickHouse, and a rebuild of them. */
import { expect } from "expect";
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { createClickHouseProjection } from "@/consumers/clickhouse/projection.ts";
import { prove } from "@/consumers/proof.ts";
import { registerConsumer } from "@/consumers/registry.ts";
import { type ConsumerDeps, drain } from "@/consumers/run.ts";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import type { Cost } from "@/core/event/cost.ts";
import { partitionOf } from "@/core/log/position.ts";
import type { EventDraft } from "@/core/log/contract.ts";
import { call, chatPayloads } from "@/tests/consumers/event.ts";
import { type TestLog, testLog } from "@/tests/consumers/log.ts";
import { rebuilt } from "@/tests/consumers/rebuilt.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";

const clickhouse = useClickHouse();
const never = new AbortController().signal;
const at = "2026-03-04T05:06:07.890Z";
const march = { from: "2026-03-01T00:00:00.000Z", to: "2026-04-01T00:00:00.000Z" };

async function consumersOf(log: TestLog, store: ClickHouseStore): Promise<ConsumerDeps> {
  await registerConsumer(log.kv, { projection: "clickhouse", generation: 1, state: "active" }, 0);
  return {
    kv: log.kv,
    reader: log.reader,
    projectionOf: ({ generation }) =>
      createClickHouseProjection({ store, generation, logGeneration: log.reader.generation }),
  };
}

function cost(usd: string | null): Cost {
  return {
    usd,
    lines: usd === null ? [] : [
      { bucket: "input", units: 100, usd_per_million: "1.000000000001", usd },
      { bucket: 'out"put\\', units: 20, usd_per_million: "0", usd: "0" },
    ],
    price: {
      source: "project",
      version: "0.1.8+2026-11-23+p1",
      provider: usd === null ? null : "openai",
      model: usd === null ? null : "gpt-4o",
      match: usd === null ? "none" : "overlay",
      tier: "standard",
    },
    ...(usd === null && { unpriced_reason: "Because." }),
  };
}

/** In the other partition of the log: the same id is another event there. */
const otherProject = ["other", "another", "third", "fourth", "fifth"]
  .find((name) => partitionOf(name, 2) !== partitionOf("p", 2)) ?? "";

let repricings = 0;
function repriced(eventId: string, to: Cost, project = "p"): EventDraft {
  return {
    id: `repriced-${++repricings}`,
    project,
    at: "2026-05-01T00:00:00.000Z",
    type: "call.repriced",
    v: 1,
    data: { event_id: eventId, called_at: at, cost: to, reason: "Contract 7" },
  };
}

async function total(store: ClickHouseStore) {
  const { stats } = await createAnalytics(store).stats("p", { range: march });
  return [stats.total_requests, stats.total_cost_usd, stats.unpriced_requests];
}

Deno.test("a repriced call has its new cost everywhere and is counted once", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const deps = await consumersOf(log, db.store);
  await log.writer.append(call({ id: "a", project: "p", at }), chatPayloads("q", "a"));
  await log.writer.append(call({ id: "b", project: "p", at }), chatPayloads("q", "b"));
  await log.writer.append(call({ id: "a", project: otherProject, at }));
  await drain(deps, never);
  const before = await db.store.query<Record<string, unknown>>(
    "SELECT * FROM events WHERE project_id = 'p' AND event_id = 'a'",
  );
  expect(await total(db.store)).toEqual([2, "0.0009", 0]);

  await log.writer.append(repriced("a", cost("0.000100000001")));
  await drain(deps, never);
  expect(await total(db.store)).toEqual([2, "0.000550000001", 0]);

  // Nothing but the cost and the place in the log has changed.
  const [after] = await db.store.query<Record<string, unknown>>(
    "SELECT * FROM events WHERE project_id = 'p' AND event_id = 'a'",
    {},
    { settings: { final: 1 } },
  );
  const changed = Object.keys(after ?? {})
    .filter((key) => JSON.stringify(after?.[key]) !== JSON.stringify(before[0]?.[key]));
  expect(changed.sort()).toEqual([
    "cost_lines",
    "cost_usd",
    "log_versionstamp",
    "price_match",
    "price_source",
    "price_version",
    "repriced_at",
    "repriced_reason",
  ]);
  expect(after).toMatchObject({
    cost_lines: [
      { bucket: "input", units: "100", usd_per_million: "1.000000000001", usd: "0.000100000001" },
      { bucket: 'out"put\\', units: "20", usd: "0" },
    ],
    repriced_at: "2026-05-01T00:00:00.000Z",
    repriced_reason: "Contract 7",
  });

  // Lists and the event's own page take the newest row before ClickHouse has merged.
  const analytics = createAnalytics(db.store);
  for (const order of ["asc", "desc"] as const) {
    const { logs, total } = await analytics.logs("p", { range: march, order });
    expect(total).toBe(2);
    expect(logs.map(({ event_id, cost_usd }) => [event_id, cost_usd]).sort())
      .toEqual([["a", "0.000100000001"], ["b", "0.00045"]]);
  }
  const detail = await analytics.event("p", "a");
  expect(detail?.cost_breakdown).toMatchObject({ usd: "0.000100000001" });
  expect(detail?.request).toMatchObject({ model: "gpt-4o" });
  expect(await total(db.store)).toEqual([2, "0.000550000001", 0]);

  // To no price and back, twice in one batch: the last one holds.
  await log.writer.append(repriced("b", cost(null)));
  await log.writer.append(repriced("a", cost("5")));
  await log.writer.append(repriced("a", cost("0.25")));
  await drain(deps, never);
  expect(await total(db.store)).toEqual([2, "0.25", 1]);
  expect((await analytics.event("p", "b"))?.cost_breakdown).toMatchObject({
    usd: null,
    unpriced_reason: "Because.",
    price: { provider: null, match: "none" },
  });
  // The other project's call of the same id is untouched.
  const other = await analytics.stats(otherProject, { range: march });
  expect(other.stats.total_cost_usd).toBe("0.00045");
  expect(await prove({ kv: log.kv, reader: log.reader, store: db.store })).toMatchObject({
    total: { appended: 7, projected: 3, skipped: 4, stored: 3, pending: 0, dead_lettered: 0 },
    complete: true,
  });
});

Deno.test("a call and its repricing in one batch, and a repricing of nothing", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const deps = await consumersOf(log, db.store);
  await log.writer.append(call({ id: "a", project: "p", at }));
  await log.writer.append(repriced("a", cost("2")));
  await log.writer.append(repriced("nobody", cost("3")));
  expect(await drain(deps, never)).toMatchObject({ complete: true });
  expect(await total(db.store)).toEqual([1, "2", 0]);
});

Deno.test("thousands of calls are priced again in one batch, to the last digit", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const deps = await consumersOf(log, db.store);
  const ids = Array.from({ length: 2_500 }, (_, n) => `01K3QH5ZJ8M4C9V2X7T1${n}`);
  await Promise.all(ids.map((id, n) =>
    log.writer.append(
      call({
        id,
        project: "p",
        at,
        data: {
          latency_ms: 0.1 + n / 7,
          properties: { "__proto__": "a", 'quo"te\\': "\u{1F980}\n", empty: "" },
        },
      }),
    )
  ));
  await drain(deps, never);
  const columns = "EXCEPT (cost_usd, cost_lines, log_versionstamp, log_index, repriced_at, " +
    "repriced_reason, price_source, price_version, price_match)";
  const all = `SELECT groupBitXor(sipHash64(* ${columns})) AS hash FROM events`;
  const [before] = await db.store.query(all, {}, { settings: { final: 1 } });
  await Promise.all(ids.map((id) => log.writer.append(repriced(id, cost("0.000000000007")))));
  expect(await drain(deps, never)).toMatchObject({ complete: true });
  // 2,500 × 7 × 10⁻¹²
  expect(await total(db.store)).toEqual([2_500, "0.0000000175", 0]);
  const [after] = await db.store.query(all, {}, { settings: { final: 1 } });
  expect(after).toEqual(before);
});

Deno.test("a call that was removed with the demo does not come back by being priced", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const deps = await consumersOf(log, db.store);
  await log.writer.append(call({ id: "a", project: "p", at, data: { demo: true } }));
  await log.writer.append(repriced("a", cost("1")));
  await drain(deps, never);
  expect(await total(db.store)).toEqual([1, "1", 0]);
  await log.writer.append({
    id: "removal",
    project: "p",
    at: "2026-06-01T00:00:00.000Z",
    type: "demo.removed",
    v: 1,
    data: { before: "2026-06-01T00:00:00.000Z" },
  });
  await log.writer.append(repriced("a", cost("2")));
  await drain(deps, never);
  expect(await total(db.store)).toEqual([0, "0", 0]);
});

Deno.test("a rebuild gives the same costs as the repricings did", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const deps = await consumersOf(log, db.store);
  for (let n = 0; n < 40; n++) {
    await log.writer.append(call({ id: `e${n}`, project: "p", at }), chatPayloads("q", "a"));
  }
  await drain(deps, never);
  for (let n = 0; n < 40; n += 3) {
    await log.writer.append(repriced(`e${n}`, cost("0.000000000001")));
  }
  await log.writer.append({
    id: "prices-1",
    project: "p",
    at,
    type: "price.changed",
    v: 1,
    data: { version: 1, prices: [] },
  });
  await drain(deps, never);
  const before = await total(db.store);
  // 26 of 0.00045 and 14 of 10⁻¹²
  expect(before).toEqual([40, "0.011700000014", 0]);

  const outcome = await rebuilt(log, db.store);
  expect(outcome).toMatchObject({ ok: true, generation: 2, comparison: { differences: [] } });
  expect(await total(db.store)).toEqual(before);
});
