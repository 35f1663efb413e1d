/**
 * An answer from the exact cache beside the whole path to an upstream that answers at once, and beside
 * nginx returning the same bytes. Every hit is committed to the log before it is answered.
 *
 * Rounds alternate between the three, so that the machine's moods meet all of them; ratios are taken
 * within a round.
 *
 * @module
 */
import { answers, requestBody } from "./gateway/answers.ts";
import { startUpstream } from "./gateway/direct.ts";
import { measure, type Round, type Scenario, verify } from "./gateway/measure.ts";
import { startReturningNginx } from "./gateway/nginx.ts";
import { median } from "./gateway/tables.ts";
import type { Target } from "./gateway/target.ts";
import { startWatchllm, type WatchllmTarget } from "./gateway/watchllm.ts";
import type { BenchTable } from "./table.ts";

export interface CacheBenchOptions {
  /** Rounds of each scenario and target. @default {5} */
  readonly rounds?: number;
  /** Length of a round. @default {3} */
  readonly seconds?: number;
  /** Takes progress lines. */
  readonly log?: (line: string) => void;
}

const scenarios: readonly Scenario[] = [
  { name: "JSON c1", kind: "json-0", connections: 1 },
  { name: "JSON c16", kind: "json-0", connections: 16 },
  { name: "JSON c64", kind: "json-0", connections: 64 },
  { name: "SSE c64", kind: "sse-0", connections: 64 },
];

const goals = {
  /** Of the whole path's requests per second. */
  full: 2.5,
  /** Of nginx's. */
  nginx: 0.12,
  /** Milliseconds at one connection. */
  p50: 0.3,
};

type Measured = Map<string, Map<string, Round[]>>;

export async function benchCache(options: CacheBenchOptions = {}): Promise<BenchTable[]> {
  const { rounds = 5, seconds = 3, log = () => {} } = options;
  const upstream = await startUpstream();
  const started: Target[] = [upstream];
  try {
    log("Starting WatchLLM");
    const watchllm = await startWatchllm(upstream.port);
    started.push(watchllm);
    const nginx = await startReturningNginx();
    if (nginx) started.push(nginx);
    await verify(watchllm, true);
    const names = ["whole path", "hit", ...(nginx ? [nginx.name] : [])];
    const measured: Measured = new Map(names.map((name) => [name, new Map()]));
    for (const scenario of scenarios) {
      const hit = named(watchllm, "hit", {
        "x-watchllm-cache-mode": "on",
        // One stored answer would serve both forms; what is measured is the one that was bought.
        "x-watchllm-cache-namespace": scenario.kind,
      });
      await ask(hit, scenario, "MISS");
      await ask(hit, scenario, "HIT");
      const targets = [named(watchllm, "whole path", {}), hit, ...(nginx ? [nginx] : [])];
      for (let round = 1; round <= rounds; round++) {
        for (const target of targets) {
          // nginx has one answer, and streams nothing.
          if (target === nginx && scenario.kind !== "json-0") continue;
          const result = await measure(target, scenario, {
            seconds,
            warmupSeconds: Math.min(1, seconds / 3),
          });
          await target.settle?.();
          const results = measured.get(target.name);
          results?.set(scenario.name, [...results.get(scenario.name) ?? [], result]);
          log(
            `${scenario.name}, round ${round}, ${target.name}: ${
              Math.round(result.perSecond)
            }/s, p50 ${result.p50.toFixed(3)} ms, p99 ${result.p99.toFixed(2)} ms, ` +
              `CPU ${result.cpuMicros.toFixed(0)} µs`,
          );
        }
      }
    }
    await watchllm.projected();
    return [table(measured, { rounds, seconds, nginx: nginx !== null })];
  } finally {
    for (const target of started.reverse()) await target.stop();
  }
}

/** Asks once; a scenario that was asked before is a hit at once. */
async function ask(target: Target, { kind }: Scenario, first: "MISS" | "HIT"): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${target.port}${target.path}`, {
    method: "POST",
    headers: { ...target.headers, "content-type": "application/json" },
    body: requestBody(kind),
  });
  const body = await response.text();
  const cache = response.headers.get("x-watchllm-cache");
  if ((cache !== first && cache !== "HIT") || body !== answers[kind].body) {
    throw new Error(`${kind}: ${cache} instead of ${first}, ${body.length} bytes`);
  }
}

/** The product under another name, asked in another way. */
function named(
  watchllm: WatchllmTarget,
  name: string,
  headers: Readonly<Record<string, string>>,
): Target {
  return { ...watchllm, name, headers: { ...watchllm.headers, ...headers } };
}

function table(
  measured: Measured,
  { rounds, seconds, nginx }: { rounds: number; seconds: number; nginx: boolean },
): BenchTable {
  const of = (name: string, scenario: Scenario) => measured.get(name)?.get(scenario.name) ?? [];
  const middle = (all: readonly Round[], figure: (round: Round) => number) =>
    median(all.map(figure));
  const ratio = (other: string, scenario: Scenario) => {
    const others = of(other, scenario);
    const each = of("hit", scenario).flatMap((round, i) => {
      const beside = others[i];
      return beside ? [round.perSecond / beside.perSecond] : [];
    });
    if (each.length === 0) return "";
    const range = `${Math.min(...each).toFixed(2)}-${Math.max(...each).toFixed(2)}`;
    return `${median(each).toFixed(2)} (${range})`;
  };
  const whole = (value: number) => Math.round(value).toLocaleString("en");
  return {
    title: "Cache: an exact hit, its event committed",
    columns: [
      "scenario",
      "hits/s",
      "p50 / p99 ms",
      "CPU µs",
      "whole path/s",
      "÷ whole path",
      "÷ nginx",
    ],
    rows: scenarios.map((scenario) => {
      const hits = of("hit", scenario);
      return [
        scenario.name,
        whole(middle(hits, (round) => round.perSecond)),
        `${middle(hits, (round) => round.p50).toFixed(3)} / ${
          middle(hits, (round) => round.p99).toFixed(2)
        }`,
        whole(middle(hits, (round) => round.cpuMicros)),
        whole(middle(of("whole path", scenario), (round) => round.perSecond)),
        ratio("whole path", scenario),
        ratio("nginx, same bytes", scenario),
      ];
    }),
    notes: [
      `Medians of ${rounds} alternating rounds of ${seconds} s; ratios within a round, their range in parentheses. JSON of 2 KB, SSE of 50 chunks.`,
      `Goals: at c64 at least ${goals.full} times the whole path and ${goals.nginx} of nginx, p50 at c1 at most ${goals.p50} ms.`,
      "Whole path: the same requests without the cache, to an upstream that answers at once. Both write an event for every call, with request and answer, and wait for its commit.",
      ...(nginx ? [] : ["nginx is not installed: nothing to compare with."]),
    ],
  };
}
