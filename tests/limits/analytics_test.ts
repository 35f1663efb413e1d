import { expect } from "expect";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { callEvent, store } from "@/tests/analytics/seed.ts";

const clickhouse = useClickHouse();

Deno.test("why a call was refused is a query, and stands in its event", async () => {
  await using db = await clickhouse.database();
  const decision = {
    limit: "monthly",
    scope: "user" as const,
    subject: "u-1",
    unit: "usd" as const,
    window: "month",
    quota: "25",
    used: "25.01",
    resets_at: "2026-04-01T00:00:00.000Z",
    state: "blocked" as const,
  };
  const at = "2026-03-04T10:00:00.000Z";
  await store(db.store, [
    callEvent({ id: "refused", project: "p", type: "call.failed", at }, {
      error: { code: "budget_exceeded", message: "", origin: "gateway" },
      status_code: 429,
      limits: [decision, { ...decision, limit: "calls", state: "warned" }],
    }),
    callEvent({ id: "other", project: "p", at }, {}),
  ]);
  const refused = await db.store.query(
    "SELECT event_id FROM events WHERE project_id = 'p' AND limits['monthly'] = 'blocked'",
  );
  expect(refused).toEqual([{ event_id: "refused" }]);

  const analytics = createAnalytics(db.store);
  const event = await analytics.event("p", "refused", {});
  expect(event?.decisions.filter(({ about }) => about === "limit")).toEqual([
    {
      about: "limit",
      decision: "monthly: blocked",
      because:
        'The limit of 25 usd of user "u-1" in a month was used up: 25.01 were used, until 2026-04-01T00:00:00.000Z.',
    },
    expect.objectContaining({ decision: "calls: warned" }),
  ]);
  const other = await analytics.event("p", "other", {});
  expect(other?.decisions.some(({ about }) => about === "limit")).toBe(false);
});
