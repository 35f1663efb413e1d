/**
 * The gateway beside a direct call, and beside other gateways: throughput, latency that is added, CPU
 * time, memory.
 *
 * Rounds alternate between the targets, all of which stay alive, so that the machine's moods meet all of
 * them; figures are medians. Load generator and upstream are processes of their own.
 *
 * @module
 */
import { startUpstream } from "./gateway/direct.ts";
import { measure, type Round, type RoundTimes, type Scenario, verify } from "./gateway/measure.ts";
import { startNginx } from "./gateway/nginx.ts";
import { portkeyVersion, startPortkey } from "./gateway/portkey.ts";
import { residentMb } from "./gateway/process.ts";
import type { Target } from "./gateway/target.ts";
import { startWatchllm, type WatchllmTarget } from "./gateway/watchllm.ts";
import {
  addedTable,
  cpuTable,
  type Measured,
  processTable,
  throughputTable,
} from "./gateway/tables.ts";
import type { BenchTable } from "./table.ts";

export interface GatewayBenchOptions {
  /** Rounds of each scenario and target. @default {5} */
  readonly rounds?: number;
  /** Length of a round. @default {3} */
  readonly seconds?: number;
  /** Calls of the memory test. @default {100000} */
  readonly memoryCalls?: number;
  /** Measures Portkey as well. @default {false} */
  readonly portkey?: boolean;
  /** Takes progress lines. */
  readonly log?: (line: string) => void;
}

export const scenarios: readonly Scenario[] = [
  { name: "JSON c1", kind: "json-0", connections: 1 },
  { name: "JSON c16", kind: "json-0", connections: 16 },
  { name: "JSON c64", kind: "json-0", connections: 64 },
  { name: "SSE c1", kind: "sse-0", connections: 1 },
  { name: "SSE c16", kind: "sse-0", connections: 16 },
  { name: "SSE c64", kind: "sse-0", connections: 64 },
  { name: "JSON 20 ms c64", kind: "json-20", connections: 64 },
  { name: "SSE 20 ms c1", kind: "sse-20", connections: 1 },
  { name: "JSON 20 ms, 500/s", kind: "json-20", connections: 1, perSecond: 500 },
];

/** Runs everything and gives the tables, the most important one first. */
export async function benchGateway(options: GatewayBenchOptions = {}): Promise<BenchTable[]> {
  const { rounds = 5, seconds = 3, memoryCalls = 100_000, log = () => {} } = options;
  const times = { seconds, warmupSeconds: Math.min(1, seconds / 3) };
  const upstream = await startUpstream();
  const targets: Target[] = [upstream];
  try {
    log("Starting WatchLLM");
    const watchllm = await startWatchllm(upstream.port);
    targets.push(watchllm);
    const idleMb = residentMb(watchllm.pid);
    if (options.portkey) {
      log(`Fetching and starting Portkey ${portkeyVersion}`);
      targets.push(await startPortkey(upstream.port));
    }
    const nginx = await startNginx(upstream.port);
    if (nginx) targets.push(nginx);
    for (const target of targets) await verify(target, target.name !== "Portkey");

    const measured = await alternate(targets, { rounds, times, log });
    const memory = await memoryAfter(watchllm, memoryCalls, log);
    log("Waiting until every call is projected");
    const events = await watchllm.projected();
    const calls = answeredBy(measured, watchllm) + memory.calls + verifiedCalls;
    if (events < calls) throw new Error(`${calls} calls were answered, ${events} are in the log`);
    const notes = [
      `Medians of ${rounds} alternating rounds of ${seconds} s after ${
        times.warmupSeconds.toFixed(1)
      } s of warm-up; c1, c16, c64: concurrent connections; JSON of 2 KB, SSE of 50 chunks; 20 ms: the upstream takes that long.`,
      `WatchLLM: the whole product on the same machine, strict durability; all ${events} calls were committed, projected into ClickHouse and counted there afterwards.`,
      "Every answer's status and size were checked, and its bytes before the rounds.",
    ];
    return [
      throughputTable(measured, scenarios, notes),
      addedTable(measured, scenarios),
      cpuTable(measured, scenarios),
      processTable({ readySeconds: watchllm.readySeconds, idleMb, readings: memory.readings }),
    ];
  } finally {
    for (const target of targets.reverse()) await target.stop();
  }
}

/** Calls that `verify` makes. */
const verifiedCalls = 2;

interface Plan {
  readonly rounds: number;
  readonly times: RoundTimes;
  readonly log: (line: string) => void;
}

async function alternate(targets: readonly Target[], plan: Plan): Promise<Measured> {
  const measured: Measured = new Map(targets.map((target) => [target.name, new Map()]));
  for (const scenario of scenarios) {
    for (let round = 1; round <= plan.rounds; round++) {
      for (const target of targets) {
        const result = await measure(target, scenario, plan.times);
        await target.settle?.();
        const so_far = measured.get(target.name)?.get(scenario.name) ?? [];
        measured.get(target.name)?.set(scenario.name, [...so_far, result]);
        plan.log(
          `${scenario.name}, round ${round}, ${target.name}: ${Math.round(result.perSecond)}/s, ` +
            `p50 ${result.p50.toFixed(2)} ms, p99 ${result.p99.toFixed(2)} ms`,
        );
      }
    }
  }
  return measured;
}

function answeredBy(measured: Measured, { name }: Target): number {
  const rounds: Round[] = [...measured.get(name)?.values() ?? []].flat();
  return rounds.reduce((sum, round) => sum + round.answeredInAll, 0);
}

async function memoryAfter(
  watchllm: WatchllmTarget,
  calls: number,
  log: (line: string) => void,
): Promise<{ calls: number; readings: { calls: number; mb: number }[] }> {
  const readings: { calls: number; mb: number }[] = [];
  const scenario: Scenario = { name: "memory", kind: "json-0", connections: 16 };
  let made = 0;
  for (const share of [0.1, 0.5, 1]) {
    const wanted = Math.ceil(calls * share) - made;
    const { answeredInAll } = await measure(
      watchllm,
      scenario,
      { seconds: 600, warmupSeconds: 0 },
      wanted,
    );
    made += answeredInAll;
    readings.push({ calls: made, mb: residentMb(watchllm.pid) });
    log(`After ${made} calls: ${readings.at(-1)?.mb.toFixed(0)} MB`);
  }
  return { calls: made, readings };
}
