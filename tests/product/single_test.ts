/** The product in one process, as a platform without process trees runs it. */
import { expect } from "expect";
import type { StoreOptions } from "@/clickhouse/client.ts";
import { createDrainer } from "@/consumers/drainer.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { eventually } from "@/tests/fixtures/eventually.ts";
import { startProduct } from "@/tests/fixtures/product.ts";
import { buildUi } from "@/tools/build_ui.ts";
import { serveSimulator } from "@/tools/simulator/serve.ts";
import { build } from "@/tools/single.ts";
import { chat, stored } from "./calls.ts";

const clickhouse = useClickHouse();

Deno.test("one process answers, records and projects; what a killed one left is projected by the next", async () => {
  await using database = await clickhouse.database();
  await using simulator = disposable(serveSimulator({ seed: 7 }));
  const env = environment(database.options, simulator.url);
  expect(await build(buildUi)).toBe(0);

  const first = await startProduct({ command: "single", env });
  const ids = [await chat(first), await chat(first)];
  await eventually(async () => expect(await stored(first)).toEqual([...ids].sort()));
  // Between two drains no lease is held, and nothing is amiss.
  const ready = await fetch(`${first.url}/readyz`);
  expect({ ready: ready.status, told: await ready.json() }).toMatchObject({ ready: 200 });
  const page = await fetch(`${first.url}/`);
  expect(await page.text()).toContain("WatchLLM");
  // Nothing drains within the time that this takes: the call is in the log alone.
  ids.push(await chat(first));
  first.kill("SIGKILL");
  await first.stop({ keepData: true });

  const second = await startProduct({ command: "single", env, dataDir: first.dataDir });
  try {
    await eventually(async () => expect(await stored(second)).toEqual([...ids].sort()));
  } finally {
    await second.stop();
  }
});

Deno.test("the two halves run without a supervisor, with the pages that were built", async () => {
  await using database = await clickhouse.database();
  await using simulator = disposable(serveSimulator({ seed: 7 }));
  const env = environment(database.options, simulator.url);
  expect(await build(buildUi)).toBe(0);
  const web = await startProduct({ command: "web", env });
  const half = (command: string, more: Record<string, string> = {}) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "main.ts", command],
      env: { ...env, WATCHLLM_DATA_DIR: web.dataDir, NO_COLOR: "1", ...more },
      stdout: "piped",
      stderr: "piped",
    });
  const consumers = half("consumers").spawn();
  try {
    const ids = [await chat(web)];
    await eventually(async () => expect(await stored(web)).toEqual(ids));
    // What people asked is nobody else's to read, in whatever directory it stands.
    expect((await Deno.stat(`${web.dataDir}/log.sqlite3`)).mode).toBe(0o100600);
    const { port } = new URL(web.url);
    const second = await half("web", { WATCHLLM_PORT: port }).output();
    const said = new TextDecoder().decode(second.stdout) + new TextDecoder().decode(second.stderr);
    expect(said).toContain(`Port ${port} on 127.0.0.1 is taken`);
    expect(said).not.toContain("    at ");
    expect(second.code).toBe(1);
  } finally {
    consumers.kill("SIGTERM");
    await consumers.output();
    await web.stop();
  }
});

Deno.test("before tables that nobody has made, one process names them and what makes them", async () => {
  await using database = await clickhouse.database({ migrated: false });
  const missing = { ...database.options, database: `${database.options.database}_missing` };
  const env = environment(missing, "http://127.0.0.1:9");
  const start = startProduct({ command: "single", env });
  await expect(start).rejects.toThrow(
    /Ended with 1:[^]*ClickHouse refused with code (60|81)[^]*Run `deno task migrate` first/,
  );
});

Deno.test("one process says what it needs", async () => {
  const start = startProduct({ command: "single", env: { WATCHLLM_ADMIN_PASSWORD: "" } });
  await expect(start).rejects.toThrow("Set CLICKHOUSE_URL, WATCHLLM_ADMIN_PASSWORD");
});

Deno.test("what is committed while a drain runs is drained after it, and only once", async () => {
  const begun: PromiseWithResolvers<void>[] = [];
  await using drainer = createDrainer({
    gatherMs: 0,
    async drain() {
      const one = Promise.withResolvers<void>();
      begun.push(one);
      await one.promise;
      return { rows: 0, complete: true };
    },
  });
  const all = drainer.now();
  drainer.soon();
  drainer.soon();
  begun[0]?.resolve();
  while (begun.length < 2) await new Promise((resolve) => setTimeout(resolve));
  begun[1]?.resolve();
  await all;
  expect(begun.length).toBe(2);
});

Deno.test("what a drain had to leave is tried again without a commit", async () => {
  const done = Promise.withResolvers<void>();
  let drains = 0;
  await using drainer = createDrainer({
    againMs: 0,
    drain() {
      drains++;
      if (drains === 1) return Promise.resolve({ rows: 0, complete: false });
      if (drains === 2) throw new Error("ClickHouse is away");
      done.resolve();
      return Promise.resolve({ rows: 1, complete: true });
    },
  });
  await drainer.now();
  await done.promise;
  expect(drains).toBe(3);
});

Deno.test("a drain that fails is reported, and the next one runs", async () => {
  const reported: string[] = [];
  let drains = 0;
  await using drainer = createDrainer({
    drain() {
      if (++drains === 1) throw new Error("ClickHouse is away");
      return Promise.resolve({ rows: 1, complete: true });
    },
    report: (message) => reported.push(message),
  });
  await drainer.now();
  expect(reported).toEqual(["The log could not be drained"]);
  await drainer.now();
  expect(drains).toBe(2);
});

function disposable<T extends { close(): Promise<void> }>(thing: T): T & AsyncDisposable {
  return Object.assign(thing, { [Symbol.asyncDispose]: () => thing.close() });
}

function environment(
  { url, user = "default", password = "", database }: StoreOptions,
  upstream: string,
): Record<string, string> {
  return {
    WATCHLLM_UPSTREAM_OPENAI: `${upstream}/openai`,
    OPENAI_API_KEY: "sk-unused",
    CLICKHOUSE_URL: url,
    CLICKHOUSE_USER: user,
    CLICKHOUSE_PASSWORD: password,
    CLICKHOUSE_DATABASE: database,
  };
}
