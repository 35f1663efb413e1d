import { expect } from "expect";
import { createStore } from "@/clickhouse/client.ts";
import { type Engine, type EngineState, startEmbedded } from "@/clickhouse/embedded/engine.ts";
import { eventually } from "./eventually.ts";

const onThisMachine = {
  ignore: Deno.build.target !== "x86_64-unknown-linux-gnu",
};

interface TestEngine extends AsyncDisposable {
  engine: Engine;
  dataDir: string;
  states: EngineState[];
}

async function start(): Promise<TestEngine> {
  const parent = await Deno.makeTempDir({ prefix: "watchllm engine " });
  const dataDir = `${parent}/a "quoted" <dir> & more`;
  const states: EngineState[] = [];
  const engine = await startEmbedded({ dataDir, log: () => {}, onState: (s) => states.push(s) });
  return {
    engine,
    dataDir,
    states,
    async [Symbol.asyncDispose]() {
      await engine.stop();
      await Deno.remove(parent, { recursive: true });
    },
  };
}

/** Sends SQL without our client; `login` is what a stranger would not have. */
async function post(url: string, sql: string, login?: { user: string; password: string }) {
  const headers = new Headers({ "content-type": "text/plain", origin: "https://evil.example" });
  if (login) headers.set("authorization", `Basic ${btoa(`${login.user}:${login.password}`)}`);
  const response = await fetch(url, { method: "POST", body: sql, headers });
  return { status: response.status, text: await response.text() };
}

Deno.test(
  "The engine serves SQL on loopback and says when it is ready",
  onThisMachine,
  async () => {
    await using t = await start();
    const store = createStore(t.engine);
    await store.ping();
    await store.close();
    expect(new URL(t.engine.url).hostname).toBe("127.0.0.1");
    expect(t.states.map(({ state }) => state)).toEqual(["starting", "ready"]);

    const port = Number(new URL(t.engine.url).port).toString(16).toUpperCase().padStart(4, "0");
    const sockets = await Deno.readTextFile("/proc/net/tcp") +
      await Deno.readTextFile("/proc/net/tcp6");
    const listening = sockets.split("\n").filter((line) =>
      / 0A /.test(line) && line.includes(`:${port} `)
    );
    expect(listening).toHaveLength(1);
    expect(listening[0]).toContain(`0100007F:${port}`);
  },
);

Deno.test("A stranger on this machine, or a web page, can do nothing", onThisMachine, async () => {
  await using t = await start();
  const refused = [
    "CREATE DATABASE stolen",
    "SELECT * FROM system.tables",
    "SELECT * FROM system.users",
    "SELECT * FROM numbers(3)",
    "SHOW DATABASES",
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
    "SYSTEM STOP LISTEN HTTP",
    "SET max_threads = 1",
    "INSERT INTO FUNCTION file('/tmp/x', 'CSV', 'a UInt8') VALUES (1)",
    "KILL QUERY WHERE 1 SYNC",
  ];
  for (const sql of refused) {
    const { status, text } = await post(t.engine.url, sql);
    expect({ sql, refused: status >= 400, text }).toMatchObject({ sql, refused: true });
  }
  const guess = await post(t.engine.url, "SELECT 1", { user: t.engine.user, password: "guess" });
  expect(guess.text).toContain("Code: 516");
  const login = { user: t.engine.user, password: t.engine.password };
  expect(await post(t.engine.url, "SELECT 1", login)).toEqual({ status: 200, text: "1\n" });
});

Deno.test(
  "The application's user reaches nothing outside the database",
  onThisMachine,
  async () => {
    await using t = await start();
    const store = createStore({ ...t.engine, database: "default" });
    for (
      const source of ["file('/etc/passwd', 'LineAsString')", "url('http://127.0.0.1:1/', 'CSV')"]
    ) {
      await expect(store.query(`SELECT * FROM ${source}`)).rejects.toMatchObject({
        exceptionCode: 497,
      });
    }
    await store.close();
  },
);

Deno.test("The directory is its owner's alone and holds no password", onThisMachine, async () => {
  await using t = await start();
  expect((await Deno.stat(t.dataDir)).mode! & 0o777).toBe(0o700);
  for (const name of ["users.xml", "config.xml"]) {
    const path = `${t.dataDir}/${name}`;
    expect((await Deno.stat(path)).mode! & 0o777).toBe(0o600);
    expect(await Deno.readTextFile(path)).not.toContain(t.engine.password);
  }
  expect(t.engine.password).toMatch(/^[0-9a-f]{64}$/);
});

Deno.test("A killed engine is back on the same port with its data", onThisMachine, async () => {
  await using t = await start();
  const store = createStore({ ...t.engine, database: "default" });
  await store.command("CREATE DATABASE kept");
  await store.command("CREATE TABLE kept.t (a UInt64) ENGINE = MergeTree ORDER BY a");
  const url = t.engine.url;

  for (let round = 1; round <= 3; round++) {
    await store.insert("kept.t", [{ a: round }]);
    const pid = t.engine.pid()!;
    Deno.kill(pid, "SIGKILL");
    // A read waits for the restart by itself; the process has to be seen gone first.
    await eventually(() => Promise.resolve(expect(t.engine.pid()).not.toBe(pid)));
    const sum = await store.query("SELECT sum(a) AS sum FROM kept.t");
    expect(sum).toEqual([{ sum: String(round * (round + 1) / 2) }]);
  }
  expect(t.engine.url).toBe(url);
  expect(t.states.filter(({ state }) => state === "restarting")).toHaveLength(3);
  await store.close();
});

Deno.test("Reads that meet a restart wait instead of failing", onThisMachine, async () => {
  await using t = await start();
  const store = createStore({ ...t.engine, database: "default", waitForServerMs: 20_000 });
  Deno.kill(t.engine.pid()!, "SIGKILL");
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => store.query("SELECT 1 AS one")),
  );
  expect(answers).toEqual(Array(10).fill([{ one: 1 }]));
  await store.close();
});

Deno.test(
  "A second start on the same directory is refused without harm",
  onThisMachine,
  async () => {
    await using t = await start();
    const before = await Deno.readTextFile(`${t.dataDir}/users.xml`);

    const second = startEmbedded({ dataDir: t.dataDir, log: () => {} });

    await expect(second).rejects.toThrow(/already runs ClickHouse.*WATCHLLM_DATA_DIR/);
    expect(await Deno.readTextFile(`${t.dataDir}/users.xml`)).toBe(before);
    const login = { user: t.engine.user, password: t.engine.password };
    expect((await post(t.engine.url, "SELECT 1", login)).status).toBe(200);
  },
);

Deno.test("Ctrl-C and a closed terminal are for the parent to act on", onThisMachine, async () => {
  await using t = await start();
  const store = createStore({ ...t.engine, database: "default" });
  const pid = t.engine.pid()!;
  const running = store.query("SELECT sleep(1) AS slept");
  for (const signal of ["SIGINT", "SIGHUP", "SIGINT"] as const) Deno.kill(pid, signal);
  expect(await running).toEqual([{ slept: 0 }]);
  expect(t.engine.pid()).toBe(pid);
  await store.close();
});

Deno.test("Data survives a stop and a start; the password does not", onThisMachine, async () => {
  const dataDir = await Deno.makeTempDir();
  const first = await startEmbedded({ dataDir, log: () => {} });
  const store = createStore({ ...first, database: "default" });
  await store.command("CREATE DATABASE kept");
  await store.close();
  await first.stop();
  await first.exited;
  await first.stop();

  const second = await startEmbedded({ dataDir, log: () => {} });
  const again = createStore({ ...second, database: "kept" });
  expect(await again.query("SELECT currentDatabase() AS name")).toEqual([{ name: "kept" }]);
  expect(second.password).not.toBe(first.password);
  await again.close();
  await second.stop();
  await Deno.remove(dataDir, { recursive: true });
});

Deno.test("stop() also ends an engine that is just being restarted", onThisMachine, async () => {
  const dataDir = await Deno.makeTempDir();
  const states: string[] = [];
  const engine = await startEmbedded({
    dataDir,
    log: () => {},
    onState: ({ state }) => states.push(state),
  });
  Deno.kill(engine.pid()!, "SIGKILL");
  await eventually(() => Promise.resolve(expect(states).toContain("restarting")));
  await engine.stop();
  expect(engine.pid()).toBeUndefined();
  expect(states.at(-1)).toBe("stopped");
  await Deno.remove(dataDir, { recursive: true });
});

Deno.test(
  "An orphaned engine ends, and the directory can be used again",
  onThisMachine,
  async () => {
    const dataDir = await Deno.makeTempDir();
    const parent = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", new URL("./engine_parent.ts", import.meta.url).href, dataDir],
      cwd: new URL("../../", import.meta.url),
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    let text = "";
    for await (const chunk of parent.stdout) {
      text += new TextDecoder().decode(chunk);
      if (text.includes("\n")) break;
    }
    const { url, pid } = JSON.parse(text);
    expect((await post(url, "SELECT 1")).status).toBe(200);

    parent.kill("SIGKILL");
    await parent.status;

    // Starting at once is fine as well: the start waits for the orphan to let go.
    const engine = await startEmbedded({ dataDir, log: () => {} });
    await eventually(() =>
      expect(Deno.stat(`/proc/${pid}/cmdline`)).rejects.toThrow(Deno.errors.NotFound)
    );
    await engine.stop();
    await Deno.remove(dataDir, { recursive: true });
  },
);

Deno.test("A machine without an engine is told of CLICKHOUSE_URL", async () => {
  const targets = ["aarch64-unknown-linux-gnu", "aarch64-apple-darwin", "x86_64-pc-windows-msvc"];
  for (const target of targets) {
    const run = startEmbedded({ dataDir: "/nowhere", log: () => {}, target });
    await expect(run).rejects.toThrow(
      new RegExp(`no embedded ClickHouse for ${target}.*CLICKHOUSE_URL`),
    );
  }
});

Deno.test("A library that cannot be fetched is told with the way out", onThisMachine, async () => {
  const dataDir = await Deno.makeTempDir();
  const emptyCache = await Deno.makeTempDir();
  const run = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", new URL("./engine_parent.ts", import.meta.url).href, dataDir],
    cwd: new URL("../../", import.meta.url),
    env: { DENO_DIR: emptyCache, NPM_CONFIG_REGISTRY: "http://127.0.0.1:1/", NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(run.stdout) + new TextDecoder().decode(run.stderr);
  expect(said).toContain("Fetching ClickHouse (@chdb/lib-linux-x64-gnu, 178 MB");
  expect(said).toMatch(/Cannot fetch ClickHouse from npm: .*127\.0\.0\.1:1.*CLICKHOUSE_URL/);
  await Deno.remove(dataDir, { recursive: true });
  await Deno.remove(emptyCache, { recursive: true });
});
