/**
 * Pricing a project's calls again in the background of a process that has other work to do: one run of a
 * project at a time, as `task reprice` does it, with how far it is.
 *
 * Guarantees: nothing but `call.repriced` events is written; a run that ends early leaves what it has
 * appended, and the next one goes on with the rest. Runs are known to this process alone.
 *
 * @module
 */
import type { Filters } from "../analytics/contract.ts";
import type { ReadOptions } from "../analytics/contract.ts";
import { countCalls, type RepriceDeps, repriceProject, type RepriceQuery } from "./reprice.ts";
import { type DifferenceDeps, repriceDifference } from "./reprice_difference.ts";
import type { ModelDifference, RepriceRun } from "./reprice_types.ts";

export interface RepriceRuns {
  state(project: string): RepriceRun;
  /** Begins; a run of the project that is going on is left as it is. */
  start(project: string, query: Omit<RepriceQuery, "project" | "signal">): RepriceRun;
  /** Ends the run after what it is appending; without one nothing happens. */
  stop(project: string): Promise<RepriceRun>;
  /** Ends all of them. */
  close(): Promise<void>;
}

export interface RepriceRunsDeps
  extends DifferenceDeps, Pick<RepriceDeps, "newId" | "now" | "pause"> {
  readonly log: NonNullable<RepriceDeps["log"]>;
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

interface Running {
  run: RepriceRun;
  readonly end: AbortController;
  readonly over: Promise<void>;
}

/** The last runs that are remembered, of so many projects. */
const mostProjects = 1_000;
/** More changing models than these are not worth a condition. */
const mostNamed = 100;

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
  const { now, report } = deps;
  const runs = new Map<string, Running>();
  const state = (project: string) => runs.get(project)?.run ?? none;
  const instant = () => new Date(now()).toISOString();

  function start(project: string, query: Omit<RepriceQuery, "project" | "signal">): RepriceRun {
    if (state(project).phase === "running") return state(project);
    const end = new AbortController();
    const run: RepriceRun = {
      ...none,
      phase: "running",
      date_from: query.range.from,
      date_to: query.range.to,
      started_at: instant(),
    };
    const told = (more: Partial<RepriceRun>) => {
      running.run = { ...running.run, ...more };
    };
    const running: Running = {
      run,
      end,
      over: Promise.resolve().then(() => apply(deps, { ...query, project }, end.signal, told)).then(
        (changed) => told({ phase: "done", changed, ended_at: instant() }),
        (error: unknown) => {
          const phase = end.signal.aborted ? "stopped" : "failed";
          told({ phase, ended_at: instant() });
          if (phase === "stopped") return;
          report("Calls could not be priced again", { project, reason: String(error) });
        },
      ),
    };
    runs.delete(project);
    runs.set(project, running);
    forgetOldest(runs);
    return run;
  }

  return {
    state,
    start,
    async stop(project) {
      const running = runs.get(project);
      running?.end.abort();
      await running?.over;
      return state(project);
    },
    async close() {
      for (const { end } of runs.values()) end.abort();
      await Promise.all([...runs.values()].map(({ over }) => over));
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

function forgetOldest(runs: Map<string, Running>): void {
  if (runs.size <= mostProjects) return;
  const oldest = [...runs].find(([, { run }]) => run.phase !== "running");
  if (oldest) runs.delete(oldest[0]);
}
