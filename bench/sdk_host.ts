/**
 * A host of the TypeScript SDK that makes spans and prints what they cost it: `sdk_host.ts <url> <spans>`.
 *
 * @module
 */
import process from "node:process";
import { WatchLLM } from "@watchllm/sdk";

const [baseUrl = "", count = "1000"] = Deno.args;
const spans = Number(count);
const watch = new WatchLLM({
  apiKey: "wl_live_bench",
  baseUrl,
  maxQueueSize: spans * 3,
  maxQueueBytes: 2 ** 30,
});
const input = { question: "How many orders were late last week, and by how much?" };

function make(n: number): void {
  watch.trace("warm", () => {
    for (let i = 0; i < n; i++) {
      watch.span("search", { input }, (span) => span.set({ output: "12" }));
    }
  });
}

// What compiles the code is not what a span costs.
make(spans);
if (await watch.flush(120_000) > 0) throw new Error("Not everything was sent");
const before = process.cpuUsage();
make(spans);
// Nothing is sent before the loop has its turn.
const returned = process.cpuUsage(before);
if (await watch.flush(120_000) > 0) throw new Error("Not everything was sent");
const { user, system } = process.cpuUsage(before);
await watch.close();
// deno-lint-ignore no-console -- the parent reads it
console.log(JSON.stringify({
  callUs: (returned.user + returned.system) / spans,
  cpuUs: (user + system) / spans,
}));
