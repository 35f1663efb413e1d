/** A real event log in memory, or in a file, for one test. */
import type { LogWriter } from "@/core/log/contract.ts";
import type { KvPort } from "@/core/log/kv.ts";
import { openLog } from "@/core/log/open.ts";
import { type CountingLogReader, createLogReader } from "@/core/log/reader.ts";
import { createLogWriter } from "@/core/log/writer.ts";

export interface TestLog extends AsyncDisposable {
  readonly kv: KvPort;
  readonly writer: LogWriter;
  readonly reader: CountingLogReader;
}

export async function testLog({ partitions = 2, path = ":memory:" } = {}): Promise<TestLog> {
  const kv = await Deno.openKv(path);
  const identity = await openLog({ write: kv, read: kv }, { partitions });
  const writer = createLogWriter({ ...identity, kv });
  return {
    kv,
    writer,
    reader: createLogReader({ ...identity, kv }),
    async [Symbol.asyncDispose]() {
      await writer.close();
      kv.close();
    },
  };
}
