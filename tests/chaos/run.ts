/**
 * One run: a writer, two consumers and ClickHouse, killed at random moments while answers to insertions
 * are made ambiguous. Ends when everything that was appended is delivered.
 */
import { createStore, type StoreOptions } from "@/clickhouse/client.ts";
import { startEmbedded } from "@/clickhouse/embedded/engine.ts";
import { eventTables, generationTable } from "@/clickhouse/generation.ts";
import { migrate } from "@/clickhouse/migrate.ts";
import { readLag } from "@/consumers/lag.ts";
import { registerConsumer } from "@/consumers/registry.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { type Child, startConsumer, startWriter, type Writer } from "./children.ts";
import { eventId } from "./event.ts";
import { type FaultProxy, faultProxy } from "./fault_proxy.ts";
import { judge, type Verdict } from "./verdict.ts";

export interface ChaosOptions {
  readonly events: number;
  readonly kills: number;
  /** Events per second of the writer. */
  readonly rate: number;
  readonly tokens: "stable" | "unstable";
  readonly random: () => number;
  readonly log: (line: string) => void;
}

export interface ChaosResult extends Verdict {
  readonly kills: Readonly<Record<Victim, number>>;
  readonly faults: FaultProxy["done"];
  readonly seconds: number;
}

const victims = ["writer", "consumer", "frozen consumer", "ClickHouse"] as const;
type Victim = typeof victims[number];

const FAULTS = { lostRequest: 0.08, lostAnswer: 0.08, refusedAfter: 0.04 };
/** Nothing that was appended may take longer than this to be delivered once all is calm. */
const DRAIN_WITHIN_MS = 300_000;

export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { events, tokens, rate, random, log } = options;
  const begun = performance.now();
  const directory = await Deno.makeTempDir({ prefix: "watchllm-chaos-" });
  const path = `${directory}/log.sqlite`;
  const engine = await startEmbedded({ dataDir: `${directory}/clickhouse`, log: () => {} });
  const { url, user, password, database } = engine;
  const direct: StoreOptions = { url, user, password, database };
  await migrate({ ...direct, log: () => {} });
  const store = createStore(direct);
  await forbidMerges(store);
  const proxy = await faultProxy(url, FAULTS, random);
  const kv = await Deno.openKv(path);
  const identity = await openLog({ write: kv, read: kv });
  const reader = createLogReader({ ...identity, kv });
  const active = { projection: "clickhouse", generation: 1, state: "active" } as const;
  await registerConsumer(kv, active, Date.now());

  const consumer = () => startConsumer(path, { ...direct, url: proxy.url }, tokens);
  const consumers: [Child, Child] = [consumer(), consumer()];
  const writers: Writer[] = [startWriter(path, 0, rate)];
  const kills: Record<Victim, number> = {
    writer: 0,
    consumer: 0,
    "frozen consumer": 0,
    ClickHouse: 0,
  };
  const acknowledged = () => writers.reduce((sum, one) => sum + one.acknowledged.length, 0);
  // What is frozen goes on afterwards: it is struck, but not killed.
  const killed = () => kills.writer + kills.consumer + kills.ClickHouse;
  const struck = () => killed() + kills["frozen consumer"];

  try {
    while (acknowledged() < events || killed() < options.kills) {
      await pause((0.2 + random() * 1.1) * 1000 * (events / rate) / options.kills);
      // Each in turn, so that even a short run has all of them.
      const victim = victims[struck() % victims.length] ?? "consumer";
      kills[victim]++;
      await strike(victim);
      log(
        `${acknowledged()} of ${events} acknowledged, ${killed()} kills, ${
          JSON.stringify(proxy.done)
        }`,
      );
    }
    await writers.at(-1)?.kill();
    log("All is calm: waiting for the rest");
    proxy.calm();
    await delivered();
    const ids = writers.flatMap((writer, n) => writer.acknowledged.map((seq) => eventId(n, seq)));
    const verdict = await judge(new Set(ids), reader, store);
    const seconds = (performance.now() - begun) / 1000;
    return { ...verdict, kills, faults: proxy.done, seconds };
  } finally {
    await Promise.all([...consumers, ...writers].map((child) => child.kill().catch(() => {})));
    kv.close();
    await store.close();
    await proxy[Symbol.asyncDispose]();
    await engine.stop();
    await Deno.remove(directory, { recursive: true });
  }

  async function strike(victim: Victim): Promise<void> {
    const which = random() < 0.5 ? 0 : 1;
    switch (victim) {
      case "writer":
        await writers.at(-1)?.kill();
        writers.push(startWriter(path, writers.length, rate));
        return;
      case "consumer":
        await consumers[which].kill();
        consumers[which] = consumer();
        return;
      case "frozen consumer":
        // Longer than its lease: the other one takes over, and this one wakes up as a zombie.
        consumers[which].freeze();
        await pause(2_500);
        consumers[which].resume();
        return;
      case "ClickHouse": {
        const pid = engine.pid();
        if (pid !== undefined) Deno.kill(pid, "SIGKILL");
        return;
      }
    }
  }

  async function delivered(): Promise<void> {
    const deadline = performance.now() + DRAIN_WITHIN_MS;
    while (performance.now() < deadline) {
      const lag = await readLag(kv, reader);
      if (lag.every(({ pending }) => pending === 0)) return;
      await pause(250);
    }
    throw new Error(`Not delivered in time: ${JSON.stringify(await readLag(kv, reader))}`);
  }
}

/** A merge would remove the copies that the run is to count. */
async function forbidMerges(store: ReturnType<typeof createStore>): Promise<void> {
  for (const table of eventTables) {
    await store.command(
      `ALTER TABLE ${generationTable(table, 1)} MODIFY SETTING
         max_bytes_to_merge_at_max_space_in_pool = 1, max_bytes_to_merge_at_min_space_in_pool = 1`,
    );
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
