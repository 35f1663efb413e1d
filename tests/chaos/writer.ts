/**
 * A process that appends until it is killed, and says what was acknowledged: one line `<seq>` for each.
 * Arguments: the log's file, the incarnation's number, events per second.
 */
import { openLog } from "@/core/log/open.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { chaosEvent } from "./event.ts";

const [path, writer, rate] = Deno.args;
if (path === undefined) throw new TypeError("Usage: writer.ts <log> <number> <rate>");
const kv = await Deno.openKv(path);
const identity = await openLog({ write: kv, read: kv });
const log = createLogWriter({ ...identity, kv });

const IN_FLIGHT = 2_000;
const TICK_MS = 10;
const perTick = Number(rate) * TICK_MS / 1000;
const utf8 = new TextEncoder();
let seq = 0;
let flying = 0;
let due = 0;

setInterval(() => {
  for (due += perTick; due >= 1; due--) {
    if (flying >= IN_FLIGHT) return;
    append(seq++);
  }
}, TICK_MS);

async function append(mine: number): Promise<void> {
  flying++;
  await log.append(chaosEvent(Number(writer), mine));
  flying--;
  Deno.stdout.writeSync(utf8.encode(`${mine}\n`));
}
