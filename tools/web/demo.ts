/**
 * Demo data for a project, written by the web process itself: a month of history through the demo's own
 * planner and the simulator, without a call leaving this machine.
 *
 * The marker is written before the first event, so that demo data can be taken away whatever happens to
 * the process that writes it.
 *
 * @module
 */
import { ulid } from "ulid";
import { failureReason } from "@/core/caught.ts";
import type { LogWriter } from "@/core/log/contract.ts";
import type { KvPort } from "@/core/log/kv.ts";
import type { Demo, DemoState } from "@/routes/(_api)/demo.ts";
import { appendHistory } from "../demo/append_history.ts";
import { expectedCalls } from "../demo/history.ts";
import { deleteMarker, readMarker, writeMarker } from "../demo/marker.ts";
import { createSimulator } from "../simulator/simulator.ts";

export interface DemoDeps {
  readonly kv: KvPort;
  readonly writer: Pick<LogWriter, "append">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
  /** @default a month, 40 calls an hour */
  readonly size?: { readonly days: number; readonly rate: number };
}

interface Filling {
  readonly end: AbortController;
  readonly done: Promise<void>;
  events: number;
}

const usualSize = { days: 30, rate: 40 };
const seed = 7;

/** `close()` ends what is being written; what is in the log stays, and can be taken away later. */
export function createDemo(deps: DemoDeps): Demo & { close(): Promise<void> } {
  const { kv, writer, now, report, size = usualSize } = deps;
  const filling = new Map<string, Filling>();
  const expected = Math.round(expectedCalls({ ...size, end: 0, seed }));

  async function state(project: string): Promise<DemoState> {
    const running = filling.get(project);
    if (running) return { phase: "filling", events: running.events, expected };
    const marker = await readMarker(kv, project);
    return marker
      ? { phase: "filled", events: marker.events, expected: null }
      : { phase: "none", events: 0, expected: null };
  }

  async function write(project: string, running: Omit<Filling, "done">, end: number) {
    const at = new Date(end).toISOString();
    try {
      const events = await appendHistory({
        ...size,
        seed,
        end,
        project,
        writer,
        simulator: createSimulator({ seed }),
        signal: running.end.signal,
        onProgress: (appended) => {
          running.events = appended;
        },
      });
      if (!running.end.signal.aborted) await writeMarker(kv, project, { at, events });
    } catch (error) {
      report("Demo data could not be written", { project, reason: failureReason(error) });
    }
  }

  return {
    state,
    async fill(project) {
      if ((await state(project)).phase !== "none" || filling.has(project)) return state(project);
      const end = now();
      const running = { end: new AbortController(), events: 0 };
      const started = writeMarker(kv, project, { at: new Date(end).toISOString(), events: 0 })
        .then(() => write(project, running, end))
        .finally(() => filling.delete(project));
      filling.set(project, Object.assign(running, { done: started }));
      return await state(project);
    },
    async remove(project) {
      const running = filling.get(project);
      running?.end.abort();
      await running?.done;
      if (await readMarker(kv, project)) {
        const at = new Date(now()).toISOString();
        await writer.append({
          type: "demo.removed",
          v: 1,
          id: ulid(now()),
          project,
          at,
          data: { before: at },
        });
        await deleteMarker(kv, project);
      }
      return await state(project);
    },
    async close() {
      for (const { end } of filling.values()) end.abort();
      await Promise.all([...filling.values()].map(({ done }) => done));
    },
  };
}
