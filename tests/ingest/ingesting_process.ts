/**
 * The event API over a log on disk, as a process that can be killed: `ingesting_process.ts <directory>
 * <alone>`. Keeps so few ids in memory that most of them stand in segments.
 */
import { createIngest } from "@/core/ingest/ingest.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { noProjectPrices } from "@/core/pricing/project_price.ts";
import { ingestRoutes } from "@/routes/(_api)/ingest.ts";
import { apiRouter } from "@/routes/(_api)/router.ts";

const [directory = "", alone] = Deno.args;
const write = await Deno.openKv(`${directory}/log.sqlite`);
const read = await Deno.openKv(`${directory}/log.sqlite`);
const log = createLogWriter({ kv: write, ...await openLog({ write, read }) });
const ingest = createIngest({
  log,
  kv: read,
  prices: () => noProjectPrices,
  now: Date.now,
  alone: alone === "true",
  mostRecentIds: 64,
  // deno-lint-ignore no-console -- the test shows it
  report: (message, details) => console.error(message, details),
});
const app = apiRouter();
app.route(
  "/",
  ingestRoutes({
    ingest,
    verifier: { verify: () => ({ project: "p", keyId: "k", environment: "live" }) },
  }),
);
Deno.serve({
  port: 0,
  hostname: "127.0.0.1",
  // deno-lint-ignore no-console -- the parent reads it
  onListen: ({ port }) => console.log(port),
}, app.fetch);
