/**
 * Pricing a project's calls again in the background of a process that has other work to do: one run of a
 * project at a time, whichever process it is in, as `task reprice` does it, with how far it is.
 *
 * Guarantees: nothing but `call.repriced` events is written to the log; a run that ends early leaves what
 * it has appended, and the next one goes on with the rest. Every process tells of every run.
 *
 * @module
 */
import type { Filters } from "../analytics/contract.ts";
import type { ReadOptions } from "../analytics/contract.ts";
import { countCalls, type RepriceDeps, repriceProject, type RepriceQuery } from "./reprice.ts";
import type { RepriceBoard } from "./reprice_board.ts";
import { type DifferenceDeps, repriceDifference } from "./reprice_difference.ts";
import type { ModelDifference, RepriceRun } from "./reprice_types.ts";

export interface RepriceRuns {
  state(project: string): Promise<RepriceRun>;
  /** Begins; a run of the project that is going on is left as it is. */
  start(project: string, query: Omit<RepriceQuery, "project" | "signal">): Promise<RepriceRun>;
  /**
   * Ends the run after what it is appending; without one nothing happens. One of another process may
   * still be running when this resolves: it ends within seconds.
   */
  stop(project: string): Promise<RepriceRun>;
  /** Ends all runs of this process. */
  close(): Promise<void>;
}

export interface RepriceRunsDeps
  extends DifferenceDeps, Pick<RepriceDeps, "newId" | "now" | "pause"> {
  readonly log: NonNullable<RepriceDeps["log"]>;
  /** Where other processes read of runs. */
  readonly board: RepriceBoard;
  /** Resolves after a second or so; early when it is aborted. */
  readonly tick: (signal: AbortSignal) => Promise<void>;
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

interface Running {
  run: RepriceRun;
  readonly end: AbortController;
  readonly over: Promise<void>;
}

/** More changing models than these are not worth a condition. */
const mostNamed = 100;
/** Looks at another process's run until it has ended. */
const looks = 5;

const none: RepriceRun = {
  phase: "none",
  date_from: null,
  date_to: null,
  done: 0,
  total: 0,
  changed: 0,
  started_at: null,
  ended_at: null,
};

export function createRepriceRuns(deps: RepriceRunsDeps): RepriceRuns {
  const { now, newId, report, board, tick } = deps;
  /** Those of this process. */
  const runs = new Map<string, Running>();
  const instant = () => new Date(now()).toISOString();

  /** What this process runs itself it knows best. */
  async function state(project: string): Promise<RepriceRun> {
    return runs.get(project)?.run ?? await board.read(project) ?? none;
  }

  async function start(
    project: string,
    query: Omit<RepriceQuery, "project" | "signal">,
  ): Promise<RepriceRun> {
    const own = runs.get(project);
    if (own?.run.phase === "running") return own.run;
    await own?.over;
    const run: RepriceRun = {
      ...none,
      phase: "running",
      date_from: query.range.from,
      date_to: query.range.to,
      started_at: instant(),
    };
    const id = newId();
    if (!await board.claim(project, id, run)) return await state(project);
    const running = begin(project, id, query, run);
    runs.set(project, running);
    return run;
  }

  function begin(
    project: string,
    id: string,
    query: Omit<RepriceQuery, "project" | "signal">,
    run: RepriceRun,
  ): Running {
    const end = new AbortController();
    const grow = (more: Partial<RepriceRun>) => {
      running.run = { ...running.run, ...more };
    };
    const work = Promise.resolve()
      .then(() => apply(deps, { ...query, project }, end.signal, grow)).then(
        (changed) => grow({ phase: "done", changed, ended_at: instant() }),
        (error: unknown) => {
          const phase = end.signal.aborted ? "stopped" : "failed";
          grow({ phase, ended_at: instant() });
          if (phase === "stopped") return;
          report("Calls could not be priced again", { project, reason: String(error) });
        },
      );
    const running: Running = {
      run,
      end,
      over: published(project, id, () => running.run, end, work)
        .finally(() => runs.delete(project)),
    };
    return running;
  }

  /** Tells the board how far it is until it is over, and hears from it whether it has to end. */
  async function published(
    project: string,
    id: string,
    runNow: () => RepriceRun,
    end: AbortController,
    work: Promise<void>,
  ): Promise<void> {
    const ended = new AbortController();
    const ending = work.finally(() => ended.abort());
    while (!ended.signal.aborted) {
      await tick(ended.signal);
      if (!await told(project, id, runNow())) end.abort();
    }
    await ending;
    await told(project, id, runNow());
  }

  /** False when the run has to end. A board that cannot be written is no reason to. */
  async function told(project: string, id: string, run: RepriceRun): Promise<boolean> {
    try {
      return await board.tell(project, id, run);
    } catch (error) {
      const reason = String(error);
      report("How far pricing calls again is could not be stored", { project, reason });
      return true;
    }
  }

  return {
    state,
    start,
    async stop(project) {
      const own = runs.get(project);
      if (own) {
        own.end.abort();
        await own.over;
        return await board.read(project) ?? own.run;
      }
      await board.askToStop(project);
      let run = await state(project);
      for (let look = 0; look < looks && run.phase === "running"; look++) {
        await tick(new AbortController().signal);
        run = await state(project);
      }
      return run;
    },
    async close() {
      const own = [...runs.values()];
      for (const { end } of own) end.abort();
      await Promise.all(own.map(({ over }) => over));
    },
  };
}

/** The calls of the models that change, one after the other; resolves to how many changed. */
async function apply(
  deps: RepriceRunsDeps,
  query: Omit<RepriceQuery, "signal">,
  signal: AbortSignal,
  told: (more: Partial<RepriceRun>) => void,
): Promise<number> {
  const options: ReadOptions = { signal };
  const { project, range } = query;
  const expected = await repriceDifference(deps, project, query, options);
  if (expected && expected.total.changed === 0) return 0;
  // All of those that change are named, or the list says that there are more.
  const isWhole = expected !== null && expected.changed_models === expected.models.length;
  const filters = isWhole && expected.models.length <= mostNamed
    ? only(query.filters, expected.models)
    : query.filters ?? {};
  const total = await countCalls(deps.store, project, range, filters);
  told({ total });
  const { changed } = await repriceProject({
    ...deps,
    prices: async (id) => await deps.prices(id),
    onProgress: (done) => told({ done }),
  }, { ...query, filters, signal });
  return changed;
}

function only(filters: Filters = {}, models: readonly ModelDifference[]): Filters {
  return {
    ...filters,
    provider: [...new Set(models.map(({ provider }) => provider))],
    model: [...new Set(models.map(({ model }) => model))],
  };
}
