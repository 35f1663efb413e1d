/**
 * Sends so many odd requests to each ingest route: none may be answered 5xx, hang, or keep memory, and what
 * is taken must read back and project.
 *
 *     deno run -A tests/fuzz/ingest.ts --cases 100000
 *
 * In this process, without sockets, over two workers. `--seed` repeats a run.
 */
import { parseArgs } from "node:util";
import type { FuzzReport } from "./run_route.ts";
import { routes } from "./seeds.ts";
import type { Order } from "./worker.ts";

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "100000" },
    workers: { type: "string", default: "2" },
    route: { type: "string" },
    seed: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  say("ingest.ts [--cases 100000] [--workers 2] [--route /v1/events] [--seed 1]");
  Deno.exit(0);
}

/** A route that says nothing for so long hangs. */
const patienceMs = 120_000;
/** Resident memory that no run may reach. */
const mostMemory = 1_536 * 1024 * 1024;

type Said =
  | { readonly alive: number }
  | { readonly report: FuzzReport }
  | { readonly failure: string };

const left = routes.map((_, place) => place)
  .filter((place) => values.route === undefined || routes[place]?.path === values.route);
let failed = 0;
await Promise.all(Array.from({ length: Number(values.workers) }, work));
if (left.length > 0) failed++;
say(failed === 0 ? "every route held" : `${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);

async function work(): Promise<void> {
  for (let place = left.shift(); place !== undefined; place = left.shift()) {
    const { path = "", type = "" } = routes[place] ?? {};
    const begun = performance.now();
    const outcome = await order({
      route: place,
      cases: Number(values.cases),
      ...(values.seed !== undefined && { seed: Number(values.seed) }),
    });
    const seconds = ((performance.now() - begun) / 1_000).toFixed(0);
    if ("failure" in outcome) {
      failed++;
      say(`${path} (${type}): ${outcome.failure}`);
      continue;
    }
    const { cases, stored, statuses } = outcome.report;
    const memory = Deno.memoryUsage().rss;
    say(
      `${path} (${type.slice(12)}): ${cases} cases in ${seconds} s, ${stored} events stored, ` +
        `answers ${JSON.stringify(statuses)}, ${Math.round(memory / 2 ** 20)} MB`,
    );
    // A run in which nothing is taken, or nothing is refused, has shown nothing.
    if (stored < cases / 10 || !(Number(statuses[400]) > cases / 100)) {
      failed++;
      say(`${path}: too few events were stored or refused`);
    }
    if (memory > mostMemory) {
      failed++;
      say(`${path}: ${memory} bytes of memory`);
    }
  }
}

/** A worker of its own for each route: what one keeps is gone with it. */
async function order(given: Order): Promise<{ report: FuzzReport } | { failure: string }> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  let patience: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise((resolve) => {
      const wait = () => {
        clearTimeout(patience);
        patience = setTimeout(() => resolve({ failure: "it hangs" }), patienceMs);
      };
      worker.onmessage = ({ data }: MessageEvent<Said>) => {
        if ("alive" in data) wait();
        else resolve(data);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        resolve({ failure: event.message });
      };
      wait();
      worker.postMessage(given);
    });
  } finally {
    clearTimeout(patience);
    worker.terminate();
  }
}

function say(line: string): void {
  // deno-lint-ignore no-console -- a command line tool prints what it found
  console.log(line);
}
