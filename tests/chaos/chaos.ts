/**
 * The chaos test: what was acknowledged is in ClickHouse once, whatever is killed on the way.
 *
 *     deno run -A tests/chaos/chaos.ts --events 200000 --seed 1
 *
 * Runs twice: as the product is, and without the stable deduplication token, where copies must show up;
 * otherwise the first run would prove nothing. Ends with code 0 when both came out as they must.
 */
import { parseArgs } from "node:util";
import { exitCode, Refusal } from "@/tools/refusal.ts";
import { type ChaosResult, runChaos } from "./run.ts";
import { seededRandom } from "@/tools/seeded_random.ts";

const help = `200,000 events while writer, consumers and ClickHouse are killed at random.

Usage: deno task chaos [options]

  --events <n>          events to append (200000)
  --kills <n>           processes to kill meanwhile (24)
  --rate <n>            events a second (4500)
  --seed <n>            another seed, other moments (1)
  --control-events <n>  events of the control without stable tokens (20000)
  --help                this text
`;

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
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
    say(help);
    return 0;
  }
  const seed = whole("seed", values.seed, 0);
  const rate = whole("rate", values.rate);
  const controlEvents = whole("control-events", values["control-events"]);
  const order = { rate, log: say };
  const run = await runChaos({
    ...order,
    events: whole("events", values.events),
    kills: whole("kills", values.kills, 0),
    tokens: "stable",
    // The same faults and moments for the same seed, as far as the machine's own timing allows.
    random: seededRandom(seed),
  });
  say(summary("run", run));
  const control = await runChaos({
    ...order,
    events: controlEvents,
    kills: 4,
    tokens: "unstable",
    random: seededRandom(seed + 1),
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
  return verdict === "PASSED" ? 0 : 1;
}

function whole(name: string, value: string, least = 1): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : -1;
  if (number < least) throw new Refusal(`--${name} must be a whole number from ${least}.`);
  return number;
}

function summary(name: string, result: ChaosResult): string {
  const { seconds, kills, faults, ...figures } = result;
  return `${name}, ${seconds.toFixed(0)} s: ${JSON.stringify(figures)} kills ${
    JSON.stringify(kills)
  } insertions ${JSON.stringify(faults)}`;
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

if (import.meta.main) {
  Deno.exit(await exitCode(() => main(Deno.args), "deno task chaos --help", say));
}
