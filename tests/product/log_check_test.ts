/** What `/readyz` says of a log that refuses, hangs, and takes events again. */
import { expect } from "expect";
import { createLogWriter } from "@/core/log/writer.ts";
import { openLog } from "@/core/log/open.ts";
import { LogHealth } from "@/core/metrics/log_health.ts";
import { meteredWriter } from "@/core/metrics/metered_writer.ts";
import { createMetrics } from "@/core/metrics/metrics.ts";
import { emptyStore, testApi } from "@/tests/api/fixture.ts";
import { faultyKv } from "@/tests/fixtures/faulty_kv.ts";
import { mapKv } from "@/tests/fixtures/map_kv.ts";
import { draft } from "@/tests/log/events.ts";
import { logCheck } from "@/tools/web/operations.ts";

/** A store that can be full, a writer that gives up after two attempts, and the check of both. */
async function installation() {
  const state = { full: false, now: 0, probes: 0 };
  const inner = mapKv();
  const log = await openLog({ write: inner, read: inner }, { partitions: 1 });
  const kv = faultyKv(inner, () => state.full ? "lost" : "well");
  const health = new LogHealth();
  const clock = () => state.now;
  const writer = meteredWriter(
    createLogWriter({ kv, ...log, retry: { attempts: 2, baseMs: 1, maxMs: 1 } }),
    createMetrics(),
    clock,
    health,
  );
  const check = logCheck(health, {
    set: (...args) => {
      state.probes++;
      if (state.full) return Promise.reject(new Error("database or disk is full"));
      return inner.set(...args);
    },
    delete: (key) => inner.delete(key),
  }, clock);
  return { state, inner, health, writer, check };
}

Deno.test("/readyz is 503 and names the log while its latest commit failed", async () => {
  const { state, inner, writer, check } = await installation();
  await using api = await testApi(emptyStore, { checks: { log: check } });
  const ready = async () => {
    const answer = await api.send("/readyz");
    return { status: answer.status, ...await answer.json() };
  };
  await writer.append(draft("a"));
  expect(await ready()).toMatchObject({ status: "ready", checks: { log: { ok: true } } });
  expect(state.probes).toBe(0);

  state.full = true;
  await expect(writer.append(draft("b"))).rejects.toMatchObject({ code: "log_unavailable" });
  const refused = await api.send("/readyz");
  expect(refused.status).toBe(503);
  expect(await refused.json()).toEqual({
    status: "not_ready",
    checks: { log: { ok: false, detail: expect.stringContaining("disk is full") } },
  });

  // Nobody sends calls to a process that is not ready: it finds out by itself.
  state.full = false;
  expect((await api.send("/readyz")).status).toBe(200);
  expect((await inner.get(["probe"])).value).toBeNull();
  for await (const { key } of inner.list({ prefix: ["probe"] })) throw new Error(`left: ${key}`);
  await writer.append(draft("c"));
  expect((await api.send("/readyz")).status).toBe(200);
  await writer.close();
});

Deno.test("an event that the log will not have for its own sake says nothing of the log", async () => {
  const { writer, check } = await installation();
  const large = draft("a", "project", { text: "x".repeat(2 * 1024 * 1024) });
  await expect(writer.append(large)).rejects.toMatchObject({ code: "bad_request" });
  expect(await check()).toEqual({ ok: true });
  await writer.close();
});

Deno.test("a log that takes nothing for two seconds is told of before it has refused", async () => {
  const { state, health, check } = await installation();
  health.begun(1_000);
  state.now = 2_900;
  expect(await check()).toEqual({ ok: true });
  state.now = 3_000;
  expect(await check()).toMatchObject({ ok: false, detail: expect.stringContaining("wait") });
  // One of two is decided on: things move.
  health.begun(3_000);
  health.stored(3_100);
  expect(await check()).toEqual({ ok: true });
  state.now = 5_100;
  expect((await check()).ok).toBe(false);
  health.stored(5_200);
  state.now = 60_000;
  expect(await check()).toEqual({ ok: true });
});

Deno.test("many who ask at once cause one write", async () => {
  const { state, writer, check } = await installation();
  state.full = true;
  await expect(writer.append(draft("b"))).rejects.toMatchObject({ code: "log_unavailable" });
  const answers = await Promise.all(Array.from({ length: 20 }, () => check()));
  expect(answers.every(({ ok }) => !ok)).toBe(true);
  expect(state.probes).toBe(1);
  await writer.close();
});
