import { expect } from "expect";
import type { ListRow, LogRow } from "@/core/analytics/types.ts";
import { exportAnswer } from "@/routes/(_api)/export.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { randomCalls, store } from "@/tests/analytics/seed.ts";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import { bearer, emptyStore, now, testApi } from "./fixture.ts";

const clickhouse = useClickHouse();

Deno.test("an export has every row that the list has, as JSON lines and as CSV", async () => {
  await using db = await clickhouse.database();
  await using api = await testApi(db.store);
  const project = api.own.project.id;
  await store(
    db.store,
    randomCalls({ project, count: 2_500, seed: 51, from: now - 86_400_000, to: now }),
  );
  const read = async (query: string) => {
    const answer = await api.send(`/v1/analytics/export?${query}`, {
      headers: bearer(api.own.key),
    });
    expect(answer.status).toBe(200);
    return { type: answer.headers.get("content-type"), text: await answer.text() };
  };
  const filter = "provider=openai&provider=google&status=success&order=asc";
  const listed: ListRow[] = [];
  for (let cursor: string | null = null;;) {
    const { body } = await api.get(
      `/v1/analytics/logs?${filter}&limit=1000${cursor === null ? "" : `&cursor=${cursor}`}`,
    );
    listed.push(...body.logs);
    cursor = body.next_cursor;
    if (cursor === null) break;
  }
  expect(listed.length).toBeGreaterThan(500);
  // The beginning of its text is what a list shows of a call; a file has the call's figures.
  const pages: LogRow[] = listed.map(({ preview: _, ...row }) => row);

  const jsonl = await read(`format=jsonl&${filter}`);
  expect(jsonl.type).toContain("application/jsonl");
  const lines = jsonl.text.trimEnd().split("\n").map((line) => JSON.parse(line));
  expect(lines).toEqual(pages);

  const csv = await read(`format=csv&${filter}`);
  expect(csv.type).toContain("text/csv");
  const rows = csv.text.trimEnd().split("\r\n");
  expect(rows[0]).toMatch(/^event_id,type,timestamp,/);
  expect(rows.slice(1).map((row) => row.split(",")[0])).toEqual(
    pages.map(({ event_id }) => event_id),
  );
  expect((await read("format=csv&model=nothing")).text.trimEnd().split("\r\n")).toHaveLength(1);
  expect((await read("format=jsonl&model=nothing")).text).toBe("");
});

/** Rows without end; `ended` tells whether the reader was let go. */
function endless() {
  const state = { given: 0, ended: false };
  async function* rows(): AsyncIterable<LogRow> {
    try {
      for (;;) {
        state.given++;
        // As many columns as the format writes; their values do not matter here.
        yield await Promise.resolve({ event_id: "e".repeat(100) } as LogRow);
      }
    } finally {
      state.ended = true;
    }
  }
  return { state, rows };
}

Deno.test("an export is read no faster than it is taken, and ends with its reader", async () => {
  const { state, rows } = endless();
  let signal: AbortSignal | undefined;
  const answer = await exportAnswer("jsonl", (given) => {
    signal = given;
    return rows();
  });
  const reader = answer.body?.getReader();
  await reader?.read();
  await reader?.read();
  // Two chunks, and one that waits: not a row more is held.
  expect(state.given).toBeLessThan(3_000);
  await reader?.cancel();
  expect(state.ended).toBe(true);
  expect(signal?.aborted).toBe(true);
});

Deno.test("an export that breaks in the middle does not look whole", async () => {
  async function* breaking(): AsyncIterable<LogRow> {
    yield* Array.from({ length: 2_000 }, () => ({ event_id: "e".repeat(100) }) as LogRow);
    await Promise.reject(new Error("gone"));
  }
  const answer = await exportAnswer("jsonl", () => breaking());
  await expect(answer.text()).rejects.toThrow("gone");
});

Deno.test("HEAD of an export tells what it is and lets the rows go", async () => {
  const { state, rows } = endless();
  const analytics = { ...createAnalytics(emptyStore), rows };
  await using api = await testApi(emptyStore, { analytics });
  const answer = await api.send("/v1/analytics/export?format=csv", {
    method: "HEAD",
    headers: bearer(api.own.key),
  });
  expect([answer.status, answer.body]).toEqual([200, null]);
  expect(answer.headers.get("content-disposition")).toContain(".csv");
  expect(state.ended).toBe(true);
});
