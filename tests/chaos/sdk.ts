/**
 * The SDKs against a network and a product that fail: every event arrives in ClickHouse exactly once, or
 * is reported as lost with the right count.
 *
 *     deno run -A tests/chaos/sdk.ts --events 50000 --seed 1
 *
 * `--events` are those of each SDK. The web process is killed while they are sent.
 */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { parseArgs } from "node:util";
import { type Loss, WatchLLM } from "@watchllm/sdk";
import { createStore } from "@/clickhouse/client.ts";
import { readRunning } from "@/tools/running.ts";
import { type Product, startProduct } from "../fixtures/product.ts";
import { serveFaults } from "./sdk_proxy.ts";
import { seededRandom } from "@/tools/seeded_random.ts";

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "50000" },
    kills: { type: "string", default: "6" },
    seed: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  say("sdk.ts [--events 50000] [--kills 6] [--seed 1]");
  Deno.exit(0);
}

const events = Number(values.events);
const python = String.raw`
import sys
sys.path.insert(0, "sdk/python/src")
from watchllm import WatchLLM
url, key, events, bound = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
lost = []
watch = WatchLLM(key, url, max_queue_size=bound, timeout=2, retry=(0.01, 0.2),
                 on_loss=lambda loss: lost.append(loss.count))
for n in range(events):
    watch.log_prompt_call(model="gpt-4o", provider="openai", tokens_input=n, tokens_output=1,
                          user_id="python" if bound >= events else "python-bound")
left = watch.flush(240)
watch.close()
print(f"{watch.counts.sent} {sum(lost)} {left}", flush=True)
`;

const random = seededRandom(Number(values.seed));
const product = await startProduct();
try {
  await using proxy = serveFaults(() => product.url, random);
  const killing = killWeb(product, Number(values.kills));
  const sent = await Promise.all([
    typescript(proxy.url, "typescript", events, events),
    pythonHost(proxy.url, events, events),
    typescript(proxy.url, "typescript-bound", 20_000, 2_000),
    pythonHost(proxy.url, 20_000, 2_000),
  ]);
  const kills = await killing;
  say(`requests: ${JSON.stringify(proxy.done)}, web process killed ${kills} times`);
  const verdict = await judge(product, sent.filter((one) => one !== null));
  Deno.exitCode = verdict && kills > 0 && proxy.done.halved > 0 ? 0 : 1;
  say(`sdk chaos ${Deno.exitCode === 0 ? "PASSED" : "FAILED"}`);
} finally {
  await product.stop();
}

interface Sent {
  readonly user: string;
  readonly recorded: number;
  readonly sent: number;
  readonly lost: number;
  readonly left: number;
}

async function typescript(
  baseUrl: string,
  user: string,
  count: number,
  bound: number,
): Promise<Sent> {
  const losses: Loss[] = [];
  const watch = new WatchLLM({
    apiKey: product.key,
    baseUrl,
    maxQueueSize: bound,
    timeoutMs: 2_000,
    retryMs: [10, 200],
    onLoss: (loss) => losses.push(loss),
  });
  for (let n = 0; n < count; n++) {
    watch.record({
      type: "prompt_call",
      model: "gpt-4o",
      provider: "openai",
      tokens_input: n,
      tokens_output: 1,
      user_id: user,
    });
    // A host has other things to do as well.
    if (n % 500 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  const left = await watch.flush(240_000);
  await watch.close();
  const lost = losses.reduce((sum, loss) => sum + loss.count, 0);
  return { user, recorded: count, sent: watch.counts.sent, lost, left };
}

async function pythonHost(url: string, count: number, bound: number): Promise<Sent | null> {
  const child = new Deno.Command("python3", {
    args: ["-c", python, url, product.key, String(count), String(bound)],
    cwd: new URL("../../", import.meta.url),
    stdout: "piped",
    stderr: "inherit",
  });
  let output: Deno.CommandOutput;
  try {
    output = await child.output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    say("skipped: the Python SDK: python3 is not installed");
    return null;
  }
  const [sent = 0, lost = 0, left = 0] = new TextDecoder().decode(output.stdout).split(" ").map(
    Number,
  );
  const user = bound >= count ? "python" : "python-bound";
  return { user, recorded: count, sent, lost, left };
}

/** Kills the web process now and then; the supervisor brings it up on the same port. */
async function killWeb({ pid }: Product, times: number): Promise<number> {
  let killed = 0;
  for (let n = 0; n < times; n++) {
    await new Promise((resolve) => setTimeout(resolve, 700 + random() * 800));
    const web = await webProcess(pid);
    if (web === null) continue;
    Deno.kill(web, "SIGKILL");
    killed++;
  }
  return killed;
}

async function webProcess(supervisor: number): Promise<number | null> {
  const child = new Deno.Command("ps", { args: ["-eo", "pid,ppid,args"], stdout: "piped" }).spawn();
  // deno-lint-ignore no-explicit-any -- node's and the web's stream types differ in name only
  for await (const line of createInterface({ input: Readable.fromWeb(child.stdout as any) })) {
    const [pid, parent, ...args] = line.trim().split(/\s+/);
    if (Number(parent) === supervisor && args.includes("web")) return Number(pid);
  }
  return null;
}

/** Compares what the SDKs say with what ClickHouse has, once the log is drained. */
async function judge({ url, key, dataDir }: Product, all: readonly Sent[]): Promise<boolean> {
  await untilDrained(url, key);
  const running = await readRunning(dataDir);
  if (!running) throw new Error("The product has stopped");
  const store = createStore(running.clickhouse);
  const rows = await store.query<{ user_id: string; rows: string; ids: string; sum: string }>(
    `SELECT user_id, toString(count()) AS rows, toString(uniqExact(event_id)) AS ids,
       toString(sum(tokens_input)) AS sum FROM events FINAL GROUP BY user_id`,
  );
  await store.close();
  let right = true;
  for (const { user, recorded, sent, lost, left } of all) {
    const row = rows.find(({ user_id }) => user_id === user);
    const stored = Number(row?.rows ?? 0);
    const wanted = recorded - lost;
    const sums = lost > 0 || Number(row?.sum) === recorded * (recorded - 1) / 2;
    const ok = stored === wanted && Number(row?.ids) === stored && sent === wanted && left === 0 &&
      sums;
    say(
      `${user}: ${recorded} recorded, ${lost} reported as lost, ${sent} acknowledged, ${stored} stored, ` +
        `sum ${sums ? "exact" : "wrong"}: ${ok ? "right" : "WRONG"}`,
    );
    right &&= ok;
  }
  return right;
}

async function untilDrained(url: string, key: string): Promise<void> {
  const deadline = Date.now() + 300_000;
  while (Date.now() < deadline) {
    const proof = await fetch(`${url}/v1/log/proof`, {
      headers: { authorization: `Bearer ${key}` },
    })
      .then((answer) => answer.json()).catch(() => null);
    if (proof?.complete) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("The log was not drained in time");
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
