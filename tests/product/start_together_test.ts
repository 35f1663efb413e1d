/** Several processes that start on one store at the same moment: "database is locked" is no reason to die. */
import { expect } from "expect";
import { createConsumers } from "@/tools/consume.ts";
import { openKv } from "@/tools/stores.ts";
import { openLog } from "@/core/log/open.ts";
import { readConfig } from "@/core/config.ts";
import type { ClickHouseStore } from "@/clickhouse/client.ts";

// A first start asks it for its generation and nothing else.
const store = { query: () => Promise.resolve([]), database: "w" } as unknown as ClickHouseStore;

Deno.test("the first registration waits for a store that is locked", async () => {
  const dataDir = await Deno.makeTempDir();
  try {
    const read = readConfig({ WATCHLLM_DATA_DIR: dataDir });
    if (!read.ok) throw new Error(read.detail);
    using kv = await openKv(read.config);
    // The log itself is there: opening it has patience of its own.
    await openLog(kv);
    let locked = 3;
    const write = {
      ...bound(kv.write),
      atomic() {
        const operation = kv.write.atomic();
        const commit = operation.commit.bind(operation);
        operation.commit = () => {
          if (--locked >= 0) throw new TypeError("database is locked");
          return commit();
        };
        return operation;
      },
    };
    const consumers = await createConsumers({ kv: { write, read: kv.read }, store, report() {} });
    expect(consumers.reader.partitions).toBeGreaterThan(0);
    expect(locked).toBeLessThan(0);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

function bound(kv: Awaited<ReturnType<typeof openKv>>["write"]) {
  return {
    get: kv.get.bind(kv),
    getMany: kv.getMany.bind(kv),
    list: kv.list.bind(kv),
    set: kv.set.bind(kv),
    delete: kv.delete.bind(kv),
    commitVersionstamp: kv.commitVersionstamp.bind(kv),
    close: kv.close.bind(kv),
  };
}
