import { expect } from "expect";
import { parseDemoArgs } from "@/tools/demo/args.ts";
import { appendHistory } from "@/tools/demo/append_history.ts";
import { liveCalls } from "@/tools/demo/live.ts";
import { readMarker, writeMarker } from "@/tools/demo/marker.ts";
import { removeDemo } from "@/tools/demo/remove.ts";
import { createSimulator } from "@/tools/simulator/simulator.ts";
import { useClickHouse } from "../fixtures/clickhouse.ts";
import { eventually, install, key, project } from "../sdk/installation.ts";

const clickhouse = useClickHouse();

Deno.test("parseDemoArgs() names the argument that is wrong", () => {
  expect(parseDemoArgs(["--days", "7", "--live"])).toMatchObject({
    ok: true,
    args: { days: 7, rate: 90, liveSeconds: Infinity, remove: false },
  });
  for (const wrong of [["--days", "x"], ["--rate", "-1"], ["--url", "nowhere"], ["--sped", "1"]]) {
    const read = parseDemoArgs(wrong);
    expect(read).toMatchObject({ ok: false, detail: expect.stringContaining(wrong[0] ?? "") });
  }
});

Deno.test("history is projected whole, and --remove takes it away and leaves real calls", async () => {
  await using db = await clickhouse.database();
  await using installed = await install(db);
  const real = await fetch(`${installed.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] }),
  });
  await real.text();
  const events = await appendHistory({
    end: Date.now(),
    days: 1,
    rate: 20,
    seed: 1,
    project,
    writer: installed.writer,
    simulator: createSimulator(),
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  expect(events).toBeGreaterThan(100);
  const calls = (await installed.rows(events + 1)).length;
  const count = async (table: string) => {
    const [row] = await db.store.query<{ n: string }>(
      `SELECT count() AS n FROM ${table} FINAL WHERE project_id = {project:String}`,
      { project },
    );
    return Number(row?.n);
  };
  const others = await count("spans_g1") + await count("scores_g1");
  expect(others).toBeGreaterThan(20);
  expect(calls + others).toBe(events + 1);

  const said: string[] = [];
  await writeMarker(installed.kv.write, project, { at: new Date().toISOString(), events });
  await removeDemo({
    kv: installed.kv,
    project: { id: project, name: "Tests", created_at: "" },
    writer: installed.writer,
    say: (line) => said.push(line),
  });
  for (const table of ["events_g1", "events_list_g1", "event_bodies_g1"]) {
    await eventually(async () => await count(table) === 1);
  }
  await eventually(async () => await count("spans_g1") === 0);
  await eventually(async () => await count("scores_g1") === 0);
  expect(await readMarker(installed.kv.read, project)).toBe(null);
  expect(said[0]).toContain("removed");
});

Deno.test("live calls end as planned, every one of them in the log", async () => {
  await using db = await clickhouse.database();
  await using installed = await install(db);
  let recorded = 0;
  const counts = await liveCalls({
    url: installed.url,
    key,
    seconds: 3,
    seed: 4,
    signal: new AbortController().signal,
    project,
    record({ event, payloads }) {
      recorded++;
      return installed.writer.append(event, payloads);
    },
    onProgress: () => {},
  });
  expect(counts.lost).toBe(0);
  expect(counts.answered).toBeGreaterThan(3);
  const total = counts.answered + counts.refused + counts.aborted;
  const rows = await installed.rows(total + recorded);
  expect(rows.length).toBe(total);
  expect(rows.filter((row) => row.status === "error").length).toBe(counts.refused);
  const [hanging] = await db.store.query<{ children: string; parentless: string }>(
    `WITH (SELECT groupArray(span_id) FROM spans_g1 WHERE project_id = {project:String}) AS known
      SELECT count() AS children, countIf(NOT has(known, parent)) AS parentless FROM (
        SELECT parent_span_id AS parent FROM spans_g1 WHERE project_id = {project:String}
        UNION ALL
        SELECT ifNull(parent_span_id, '') FROM events_g1 WHERE project_id = {project:String}
      ) WHERE parent != ''`,
    { project },
  );
  expect(Number(hanging?.children)).toBeGreaterThan(0);
  expect(Number(hanging?.parentless)).toBe(0);
});
