/**
 * One run that prices a project's calls again: it has the project's place on the board, tells there how
 * far it is, and ends when somebody asks for it there.
 *
 * @module
 */
import type { Range } from "../analytics/contract.ts";
import type { RepriceBoard } from "./reprice_board.ts";
import type { RepriceRun } from "./reprice_types.ts";

export interface RunPorts {
  readonly board: RepriceBoard;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newId: () => string;
  /** Resolves after a second or so; early when it is aborted. */
  readonly tick: (signal: AbortSignal) => Promise<void>;
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface OpenRun {
  /** As it is now. */
  readonly run: RepriceRun;
  readonly end: AbortController;
  /** Resolves when it is over and has been told so. */
  readonly over: Promise<void>;
}

/** Tells more of the run. */
export type Grow = (more: Partial<RepriceRun>) => void;

export const noRun: RepriceRun = {
  phase: "none",
  date_from: null,
  date_to: null,
  done: 0,
  total: 0,
  changed: 0,
  started_at: null,
  ended_at: null,
};

/**
 * Begins a run; null when one of the project goes on already.
 *
 * @param work resolves to how many calls changed
 * @param onFailure told when it rejects for another reason than being stopped
 */
export async function beginRun(
  ports: RunPorts,
  { project, range }: { readonly project: string; readonly range: Range },
  work: (signal: AbortSignal, grow: Grow) => Promise<number>,
  onFailure: (error: unknown) => void,
): Promise<OpenRun | null> {
  const { board, now, newId, tick, report } = ports;
  const id = newId();
  const instant = () => new Date(now()).toISOString();
  let run: RepriceRun = {
    ...noRun,
    phase: "running",
    date_from: range.from,
    date_to: range.to,
    started_at: instant(),
  };
  if (!await board.claim(project, id, run)) return null;
  const end = new AbortController();
  const grow: Grow = (more) => {
    run = { ...run, ...more };
  };

  async function worked(): Promise<void> {
    try {
      grow({ changed: await work(end.signal, grow) });
      grow({ phase: "done", ended_at: instant() });
    } catch (error) {
      grow({ phase: end.signal.aborted ? "stopped" : "failed", ended_at: instant() });
      if (!end.signal.aborted) onFailure(error);
    }
  }

  async function toldUntilOver(): Promise<void> {
    const ended = new AbortController();
    const working = worked().finally(() => ended.abort());
    while (!ended.signal.aborted) {
      await tick(ended.signal);
      if (!await told()) end.abort();
    }
    await working;
    await told();
  }

  /** False when the run has to end. A board that cannot be written is no reason to. */
  async function told(): Promise<boolean> {
    try {
      return await board.tell(project, id, run);
    } catch (error) {
      const reason = String(error);
      report("How far pricing calls again is could not be stored", { project, reason });
      return true;
    }
  }

  return {
    get run() {
      return run;
    },
    end,
    over: toldUntilOver(),
  };
}
