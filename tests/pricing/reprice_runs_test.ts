/** Runs that price calls again: what is too much to sum, and what ends a run early. */
import { expect } from "expect";
import type { Store } from "@/core/analytics/store.ts";
import { mostSums } from "@/core/analytics/priced_sums.ts";
import { repriceDifference } from "@/core/pricing/reprice_difference.ts";
import { createRepriceRuns } from "@/core/pricing/reprice_runs.ts";
import { noProjectPrices } from "@/core/pricing/project_price.ts";
import { emptyStore, testApi } from "@/tests/api/fixture.ts";

const range = { from: "2026-03-01T00:00:00.000Z", to: "2026-03-02T00:00:00.000Z" };
const query = { range, reason: "test" };

/** A store whose calls are all of a model of their own. */
const endless: Store = {
  ...emptyStore,
  query: <T>(sql: string) =>
    // The rows have the columns that are read of them.
    Promise.resolve(
      (/GROUP BY provider, model/.test(sql)
        ? Array.from(
          { length: mostSums + 1 },
          (_, i) => ({ provider: "openai", model: `m${i}`, responseModel: null }),
        )
        : []) as T[],
    ),
};

function runsOver(store: Store) {
  const reported: string[] = [];
  const runs = createRepriceRuns({
    store,
    prices: () => noProjectPrices,
    log: { append: () => Promise.reject(new Error("Nothing is to be written")) },
    newId: () => "id",
    now: () => Date.UTC(2026, 2, 3),
    report: (message) => reported.push(message),
  });
  return { runs, reported };
}

Deno.test("calls of too many kinds are refused in a sentence, and a run looks at each of them", async () => {
  const deps = { store: endless, prices: () => noProjectPrices };
  expect(await repriceDifference(deps, "p", { range })).toBeNull();
  await using api = await testApi(endless);
  const { status, body } = await api.get("/v1/analytics/reprice?date_from=2026-03-01");
  expect([status, body.error.message]).toEqual([
    400,
    expect.stringContaining("Take a shorter range"),
  ]);
  const { runs } = runsOver(endless);
  runs.start("p", query);
  await runs.close();
  expect(runs.state("p").phase).toMatch(/^(done|stopped)$/);
});

Deno.test("a run that breaks off says so and is told to the operator; the next one begins anew", async () => {
  let broken = true;
  const { runs, reported } = runsOver({
    ...emptyStore,
    query: () => broken ? Promise.reject(new Error("gone")) : Promise.resolve([]),
  });
  expect(runs.state("p").phase).toBe("none");
  expect(runs.start("p", query)).toMatchObject({ phase: "running", date_from: range.from });
  const ended = async () => {
    while (runs.state("p").phase === "running") await Promise.resolve();
    return runs.state("p");
  };
  expect(await ended()).toMatchObject({
    phase: "failed",
    changed: 0,
    ended_at: "2026-03-03T00:00:00.000Z",
  });
  expect(reported).toEqual(["Calls could not be priced again"]);
  expect(runs.state("other").phase).toBe("none");
  broken = false;
  runs.start("p", query);
  expect(await ended()).toMatchObject({ phase: "done", changed: 0 });
});

Deno.test("closing ends what is going on, and no run is left behind", async () => {
  const { runs } = runsOver({
    ...emptyStore,
    query: <T>(_sql: string, _params: unknown, options?: { signal?: AbortSignal }) =>
      new Promise<T[]>((_, reject) =>
        options?.signal?.addEventListener("abort", () => reject(new Error("aborted")))
      ),
  });
  runs.start("p", query);
  runs.start("q", query);
  // The question has to be on its way before it can be ended.
  await new Promise((resolve) => setTimeout(resolve, 0));
  await runs.close();
  expect([runs.state("p").phase, runs.state("q").phase]).toEqual(["stopped", "stopped"]);
  expect((await runs.stop("nobody")).phase).toBe("none");
});
