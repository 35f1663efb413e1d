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
import { type DifferenceDeps, repriceDifference } from "./reprice_difference.ts";
import { beginRun, type Grow, noRun, type OpenRun, type RunPorts } from "./reprice_run.ts";
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

export interface RepriceRunsDeps extends DifferenceDeps, RunPorts, Pick<RepriceDeps, "pause"> {
  readonly log: NonNullable<RepriceDeps["log"]>;
}

/** More changing models than these are not worth a condition. */
const mostNamed = 100;
/** Looks at another process's run until it has ended. */
const looks = 5;

export function createRepriceRuns(deps: RepriceRunsDeps): RepriceRuns {
  const { report, board, tick } = deps;
  /** Those of this process. */
  const runs = new Map<string, OpenRun>();
  const starting = new Set<Promise<unknown>>();
  let closed = false;

  /** What this process runs itself it knows best. */
  async function state(project: string): Promise<RepriceRun> {
    return runs.get(project)?.run ?? await board.read(project) ?? noRun;
  }

  async function start(
    project: string,
    query: Omit<RepriceQuery, "project" | "signal">,
  ): Promise<RepriceRun> {
    const own = runs.get(project);
    if (own?.run.phase === "running") return own.run;
    await own?.over;
    const { range } = query;
    const begun = await beginRun(
      deps,
      { project, range },
      (signal, grow) => apply(deps, { ...query, project }, signal, grow),
      (error) => report("Calls could not be priced again", { project, reason: String(error) }),
    );
    if (!begun) return await state(project);
    const { run } = begun;
    runs.set(project, begun);
    begun.over.finally(() => runs.delete(project));
    if (closed) begun.end.abort();
    return run;
  }

  return {
    state,
    start(project, query) {
      const begun = start(project, query);
      const settled = begun.then(() => {}, () => {}).finally(() => starting.delete(settled));
      starting.add(settled);
      return begun;
    },
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
      closed = true;
      await Promise.all(starting);
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
  grow: Grow,
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
  grow({ total });
  const { changed } = await repriceProject({
    ...deps,
    prices: async (id) => await deps.prices(id),
    onProgress: (done) => grow({ done }),
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
