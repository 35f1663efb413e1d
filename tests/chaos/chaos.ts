/**
 * The chaos test: what was acknowledged is in ClickHouse once, whatever is killed on the way.
 *
 *     deno run -A tests/chaos/chaos.ts --events 200000 --seed 1
 *
 * Runs twice: as the product is, and without the stable deduplication token, where copies must show up;
 * otherwise the first run would prove nothing. Ends with code 0 when both came out as they must.
 */
import { parseArgs } from "node:util";
import { type ChaosResult, runChaos } from "./run.ts";

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "200000" },
    kills: { type: "string", default: "24" },
    rate: { type: "string", default: "4500" },
    seed: { type: "string", default: "1" },
    "control-events": { type: "string", default: "20000" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  say("chaos.ts [--events 200000] [--kills 24] [--rate 4500] [--seed 1] [--control-events 20000]");
  Deno.exit(0);
}

const seed = Number(values.seed);
const rate = Number(values.rate);
const run = await runChaos({
  events: Number(values.events),
  kills: Number(values.kills),
  rate,
  tokens: "stable",
  random: seeded(seed),
  log: say,
});
say(summary("run", run));
const control = await runChaos({
  events: Number(values["control-events"]),
  kills: 4,
  rate,
  tokens: "unstable",
  random: seeded(seed + 1),
  log: say,
});
say(summary("control without stable token", control));

const { lost, duplicated, unexplained, disordered, sumsExact } = run;
const kept = lost + duplicated + unexplained + disordered === 0 && sumsExact;
const honest = control.duplicated > 0 && control.lost === 0;
if (!honest) say("The control run is to lose nothing and to show copies: this test cannot fail.");
const verdict = kept && honest ? "PASSED" : "FAILED";
say(
  `chaos ${verdict}: ${run.acknowledged} acknowledged, ${lost} lost, ${duplicated} duplicated, ` +
    `${disordered} out of order, sums ${sumsExact ? "exact" : "wrong"}, ` +
    `control ${control.duplicated} duplicates (seed ${seed})`,
);
Deno.exit(verdict === "PASSED" ? 0 : 1);

function summary(name: string, result: ChaosResult): string {
  const { seconds, kills, faults, ...figures } = result;
  return `${name}, ${seconds.toFixed(0)} s: ${JSON.stringify(figures)} kills ${
    JSON.stringify(kills)
  } insertions ${JSON.stringify(faults)}`;
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** The same faults and moments for the same seed, as far as the machine's own timing allows. */
function seeded(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
