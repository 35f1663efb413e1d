/**
 * A consumers process as the product runs it, with shorter times so that more happens. Arguments: the
 * log's file, ClickHouse's address as JSON, and `stable` or `unstable`: the latter spoils the
 * deduplication token, to show that the test would notice.
 */
import { createStore } from "@/clickhouse/client.ts";
import { createClickHouseProjection } from "@/consumers/clickhouse/projection.ts";
import { defaultLoopTimes } from "@/consumers/loop.ts";
import type { Projection } from "@/consumers/projection.ts";
import { runConsumers } from "@/consumers/run.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";

const [path, server, tokens] = Deno.args;
if (path === undefined || server === undefined) {
  throw new TypeError("Usage: consumer.ts <log> <server> <stable|unstable>");
}
const store = createStore(JSON.parse(server));
const kv = await Deno.openKv(path);
const identity = await openLog({ write: kv, read: kv });

await runConsumers({
  kv,
  reader: createLogReader({ ...identity, kv }),
  projectionOf: ({ generation }) => {
    const projection: Projection = createClickHouseProjection({
      store,
      generation,
      logGeneration: identity.generation,
    });
    return tokens === "unstable" ? spoiled(projection) : projection;
  },
  limits: { rows: 1_000, bytes: 4 * 1024 * 1024 },
  times: {
    ...defaultLoopTimes,
    lingerMs: 250,
    parkedMs: 500,
    backoff: { baseMs: 50, capMs: 1_000 },
  },
  leaseTimes: { ttlMs: 2_000, renewMs: 500 },
  report: ({ level, partition, message }) => {
    const line = `${level} partition ${partition}: ${message}\n`;
    if (level === "error") Deno.stderr.writeSync(new TextEncoder().encode(line));
  },
}, new AbortController().signal);

function spoiled(projection: Projection): Projection {
  return {
    ...projection,
    deliver: (stage, rows, token, signal) =>
      projection.deliver(stage, rows, `${token}:${crypto.randomUUID()}`, signal),
  };
}
