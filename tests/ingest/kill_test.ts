/** Ids that count once although the server is killed at any moment, and although there are two of them. */
import { expect } from "expect";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";

interface Server {
  readonly url: string;
  kill(): Promise<void>;
}

async function serve(directory: string, alone: boolean): Promise<Server> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      "--quiet",
      new URL("./ingesting_process.ts", import.meta.url).pathname,
      directory,
      `${alone}`,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  return {
    url: `http://127.0.0.1:${new TextDecoder().decode(value).trim()}/v1/events/batch`,
    async kill() {
      child.kill("SIGKILL");
      await child.status;
      await reader.cancel();
    },
  };
}

const body = (batch: number) => ({
  events: Array.from({ length: 25 }, (_, i) => ({
    type: "span",
    event_id: `${batch}-${i}`,
    name: "x".repeat(200),
    timestamp: "2026-03-04T09:00:00.000Z",
  })),
});

/** Sends until every event is acknowledged; the statuses of the last answer. */
async function deliver(server: () => Server, batch: number): Promise<number[]> {
  for (let attempt = 0; attempt < 10_000; attempt++) {
    const statuses = await send(server().url, batch);
    if (statuses?.every((status) => status < 300)) return statuses;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`Batch ${batch} was never acknowledged`);
}

/** Null when the server was killed, or is not there yet. */
async function send(url: string, batch: number): Promise<number[] | null> {
  let text: string;
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { authorization: "Bearer wl_live_test" },
      body: JSON.stringify(body(batch)),
    });
    text = await answer.text();
  } catch {
    return null;
  }
  const { results } = JSON.parse(text);
  const statuses: number[] = results.map(({ status }: { status: number }) => status);
  expect(statuses.filter((status) => status >= 300 && status !== 503 && status !== 429)).toEqual(
    [],
  );
  return statuses;
}

async function idsInLog(directory: string): Promise<string[]> {
  const kv = await Deno.openKv(`${directory}/log.sqlite`);
  const reader = createLogReader({ kv, ...await openLog({ write: kv, read: kv }) });
  const ids: string[] = [];
  for (let partition = 0; partition < reader.partitions; partition++) {
    const records = await reader.read(partition, { after: null, maxRecords: 100_000 });
    for (const { entries } of records) {
      for (const { raw } of entries) ids.push((raw as { id: string }).id);
    }
  }
  kv.close();
  return ids.sort();
}

const all = (batches: number) =>
  Array.from({ length: batches }, (_, batch) => body(batch).events.map((one) => one.event_id))
    .flat().sort();

Deno.test("a server is killed again and again: what is sent again is stored once", async () => {
  const directory = await Deno.makeTempDir({ prefix: "watchllm-ids-" });
  let server = await serve(directory, true);
  try {
    const batches = 40;
    let next = 0;
    let acknowledged = 0;
    const sending = Promise.all(Array.from({ length: 4 }, async () => {
      while (next < batches) {
        await deliver(() => server, next++);
        acknowledged++;
      }
    }));
    // Each kill comes after some more were acknowledged, while others are on their way.
    for (const after of [6, 14, 24]) {
      while (acknowledged < after) await new Promise((resolve) => setTimeout(resolve, 1));
      await server.kill();
      server = await serve(directory, true);
    }
    await sending;
    // All of it again, from memory and from segments.
    for (let batch = 0; batch < batches; batch++) {
      expect(new Set(await deliver(() => server, batch))).toEqual(new Set([200]));
    }
    await server.kill();
    server = await serve(directory, true);
    for (let batch = 0; batch < batches; batch++) {
      expect(new Set(await deliver(() => server, batch))).toEqual(new Set([200]));
    }
    expect(await idsInLog(directory)).toEqual(all(batches));
  } finally {
    await server.kill();
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("two servers on one store know each other's ids", async () => {
  const directory = await Deno.makeTempDir({ prefix: "watchllm-ids-" });
  const first = await serve(directory, false);
  const second = await serve(directory, false);
  try {
    const batches = 30;
    for (let batch = 0; batch < batches; batch++) {
      const [one, other] = batch % 2 === 0 ? [first, second] : [second, first];
      expect(new Set(await deliver(() => one, batch))).toEqual(new Set([201]));
      expect(new Set(await deliver(() => other, batch))).toEqual(new Set([200]));
    }
    expect(await idsInLog(directory)).toEqual(all(batches));
  } finally {
    await Promise.all([first.kill(), second.kill()]);
    await Deno.remove(directory, { recursive: true });
  }
});
