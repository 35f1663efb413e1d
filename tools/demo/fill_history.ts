/**
 * Fills the history once, and waits until the dashboard has it.
 *
 * @module
 */
import { prove } from "@/consumers/proof.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { createSimulator } from "../simulator/simulator.ts";
import { appendHistory } from "./append_history.ts";
import type { DemoContext } from "./context.ts";
import { expectedCalls } from "./history.ts";
import { readMarker, writeMarker } from "./marker.ts";
import { ProgressBar } from "./progress.ts";

/** The dashboard gets so long without any progress before the demo goes on. */
const patienceMs = 20_000;

export async function fillHistory(context: DemoContext): Promise<void> {
  const { args, kv, project, writer, say, screen, signal } = context;
  if (args.days === 0) return;
  const earlier = await readMarker(kv.read, project.id);
  if (earlier) {
    say(
      `${project.name} holds ${earlier.events} demo events since ${earlier.at}: ` +
        "the history is not appended again (--remove takes them away).",
    );
    return;
  }
  const end = Date.now();
  const options = { end, days: args.days, rate: args.rate, seed: args.seed };
  const bar = new ProgressBar(screen, "History ", expectedCalls(options));
  const events = await appendHistory({
    ...options,
    project: project.id,
    writer,
    simulator: createSimulator({ seed: args.seed }),
    signal,
    onProgress: (appended) => bar.show(appended, `${appended} events`),
  });
  await writeMarker(kv.write, project.id, { at: new Date(end).toISOString(), events });
  bar.done(`${events} events of ${args.days} days in ${seconds(end)} s`);
  await followProjection(context, events);
}

/** Shows how the consumers catch up. It waits for them, but not for ones that do not run. */
async function followProjection(
  { kv, log, screen, signal, say }: DemoContext,
  events: number,
): Promise<void> {
  const started = Date.now();
  const reader = createLogReader({ kv: kv.read, ...log });
  const bar = new ProgressBar(screen, "Analytics", events);
  let least = Infinity;
  let progressAt = started;
  while (!signal.aborted) {
    const proof = await prove({ kv: kv.read, reader, store: null });
    const pending = proof?.total.pending ?? events;
    if (pending === 0) return bar.done(`complete after ${seconds(started)} s`);
    if (pending < least) [least, progressAt] = [pending, Date.now()];
    if (Date.now() - progressAt > patienceMs) {
      return say(`\n${pending} events wait for the consumers: they are projected when those run.`);
    }
    bar.show(Math.max(0, events - pending), `${pending} to go`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1_000).toFixed(1);
}
