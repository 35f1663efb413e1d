/**
 * The ingest routes alone, over a log on disk, as a process of its own: what `ingest.ts` sends to.
 *
 * Prints the address and a key as JSON, and ends with its input.
 *
 * @module
 */
import type { KeyVerifier } from "@/core/identity/contract.ts";
import { createIngest } from "@/core/ingest/ingest.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { noProjectPrices } from "@/core/pricing/project_price.ts";
import { ingestRoutes } from "@/routes/(_api)/ingest.ts";
import { otlpRoutes } from "@/routes/(_api)/otlp.ts";
import { apiRouter } from "@/routes/(_api)/router.ts";

const directory = Deno.args[0] ?? await Deno.makeTempDir({ prefix: "watchllm-ingest-" });
const [write, read] = [
  await Deno.openKv(`${directory}/log.sqlite`),
  await Deno.openKv(`${directory}/log.sqlite`),
];
const log = createLogWriter({ kv: write, ...await openLog({ write, read }) });
const report = () => {};
const key = "wl_live_bench";
const verifier: KeyVerifier = {
  verify: (presented) =>
    presented.startsWith(key)
      ? { project: `bench${presented.slice(key.length)}`, keyId: "bench", environment: "live" }
      : null,
};
const ingest = createIngest({
  log,
  kv: read,
  prices: () => noProjectPrices,
  now: Date.now,
  alone: true,
  report,
});
const app = apiRouter();
app.route("/", ingestRoutes({ ingest, verifier }));
app.route("/", otlpRoutes({ ingest, verifier, report }));
const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, app.fetch);
const { port } = server.addr;
// deno-lint-ignore no-console -- the parent reads it
console.log(JSON.stringify({ url: `http://127.0.0.1:${port}`, key }));
for await (const _ of Deno.stdin.readable);
await server.shutdown();
await ingest.close();
await log.close();
read.close();
write.close();
