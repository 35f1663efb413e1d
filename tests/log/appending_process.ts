/**
 * A process that appends until it is killed, and prints the id of each event that was acknowledged.
 * Arguments: the store's path, and a name that makes its ids unique.
 *
 * @module
 */
import { openLog } from "@/core/log/open.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { bytesPayload, draft, noise } from "./events.ts";

const [path = "", name = ""] = Deno.args;
const kv = await Deno.openKv(path);
const log = await openLog({ write: kv, read: kv });
const writer = createLogWriter({ kv, ...log });
const encoder = new TextEncoder();

async function append(caller: number): Promise<never> {
  for (let i = 0;; i++) {
    const id = `${name}:${caller}:${i}`;
    // Callers 0 and 1 append payloads in the record's commit and ahead of it.
    const size = caller === 0 ? 100_000 : caller === 1 ? 900_000 : 0;
    await writer.append(
      draft(id, `project ${caller}`),
      size ? { request: bytesPayload(noise(size)) } : undefined,
    );
    // Synchronous: what is printed was acknowledged, and a kill cannot lose it in a buffer.
    Deno.stdout.writeSync(encoder.encode(`${id}\n`));
  }
}

await Promise.all(Array.from({ length: 16 }, (_, caller) => append(caller)));
