/** A process that runs the engine as the product's supervisor does, to be killed by a test. */
import { startEmbedded } from "@/clickhouse/embedded/engine.ts";

const [dataDir] = Deno.args;
if (dataDir === undefined) throw new TypeError("Usage: engine_parent.ts <directory>");
const engine = await startEmbedded({ dataDir, log: say });
say(JSON.stringify({ url: engine.url, pid: engine.pid() }));
await engine.exited;

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
