/** Runs that price calls again: what is too much to sum, and what ends a run early. */
import { expect } from "expect";
import type { Store } from "@/core/analytics/store.ts";
import { mostSums } from "@/core/analytics/priced_sums.ts";
import { repriceDifference } from "@/core/pricing/reprice_difference.ts";
import { aliveMs, createRepriceBoard } from "@/core/pricing/reprice_board.ts";
import { createRepriceRuns, type RepriceRuns } from "@/core/pricing/reprice_runs.ts";
import { noProjectPrices } from "@/core/pricing/project_price.ts";
import { emptyStore, testApi } from "@/tests/api/fixture.ts";
import { mapKv } from "@/tests/fixtures/map_kv.ts";

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

function runsOver(store: Store, { kv = mapKv(), now = () => at, id = "id" } = {}) {
  const reported: string[] = [];
  const runs = createRepriceRuns({
    store,
    prices: () => noProjectPrices,
    log: { append: () => Promise.reject(new Error("Nothing is to be written")) },
    board: createRepriceBoard({ kv, now }),
    tick: () => new Promise((resolve) => setTimeout(resolve, 0)),
    newId: () => id,
    now,
    report: (message) => reported.push(message),
  });
  return { runs, reported };
}

const at = Date.UTC(2026, 2, 3);

/** A store that answers nothing until the question is taken back. */
const hanging: Store = {
  ...emptyStore,
  query: <T>(_sql: string, _params: unknown, options?: { signal?: AbortSignal }) =>
    new Promise<T[]>((_, reject) => {
      const gone = () => reject(new Error("aborted"));
      if (options?.signal?.aborted) gone();
      options?.signal?.addEventListener("abort", gone);
    }),
};

async function whenOver(runs: RepriceRuns, project: string) {
  for (;;) {
    const run = await runs.state(project);
    if (run.phase !== "running") return run;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
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
  await runs.start("p", query);
  await runs.close();
  expect((await runs.state("p")).phase).toMatch(/^(done|stopped)$/);
});

Deno.test("a run that breaks off says so and is told to the operator; the next one begins anew", async () => {
  let broken = true;
  const { runs, reported } = runsOver({
    ...emptyStore,
    query: () => broken ? Promise.reject(new Error("gone")) : Promise.resolve([]),
  });
  expect((await runs.state("p")).phase).toBe("none");
  expect(await runs.start("p", query)).toMatchObject({ phase: "running", date_from: range.from });
  expect(await whenOver(runs, "p")).toMatchObject({
    phase: "failed",
    changed: 0,
    ended_at: "2026-03-03T00:00:00.000Z",
  });
  expect(reported).toEqual(["Calls could not be priced again"]);
  expect((await runs.state("other")).phase).toBe("none");
  broken = false;
  await runs.start("p", query);
  expect(await whenOver(runs, "p")).toMatchObject({ phase: "done", changed: 0 });
  await runs.close();
});

Deno.test("closing ends what is going on, and no run is left behind", async () => {
  const { runs } = runsOver(hanging);
  await runs.start("p", query);
  await runs.start("q", query);
  await runs.close();
  const phases = [(await runs.state("p")).phase, (await runs.state("q")).phase];
  expect(phases).toEqual(["stopped", "stopped"]);
  expect((await runs.stop("nobody")).phase).toBe("none");
});

Deno.test("another process tells how far a run is, joins it, and stops it", async () => {
  const kv = mapKv();
  const { runs: one } = runsOver(hanging, { kv, id: "one" });
  const { runs: other } = runsOver(hanging, { kv, id: "other" });
  await one.start("p", query);
  const seen = await other.state("p");
  expect(seen).toMatchObject({ phase: "running", date_from: range.from });
  const later = { range: { from: "2026-05-01T00:00:00.000Z", to: range.to }, reason: "joins" };
  expect(await other.start("p", later)).toEqual(seen);
  await other.stop("p");
  expect(await whenOver(other, "p")).toMatchObject({ phase: "stopped", date_from: range.from });
  await one.close();
  // The place is free.
  await other.start("p", later);
  expect(await one.state("p")).toMatchObject({ phase: "running", date_from: later.range.from });
  await other.close();
  expect((await one.state("p")).phase).toBe("stopped");
});

Deno.test("of two processes that begin at once one has the run", async () => {
  const kv = mapKv();
  const both = ["one", "other"].map((id) => runsOver(hanging, { kv, id }).runs);
  const begun = await Promise.all(
    both.map((runs, i) =>
      runs.start("p", { range: { ...range, from: `2026-03-0${i + 1}T00:00:00.000Z` }, reason: "r" })
    ),
  );
  expect(begun[0]).toEqual(begun[1]);
  await Promise.all(both.map((runs) => runs.close()));
});

Deno.test("the run of a process that died is over for the others, and theirs is left to them", async () => {
  const kv = mapKv();
  let time = at;
  const now = () => time;
  const dead = createRepriceBoard({ kv, now });
  const running = { ...await runsOver(emptyStore).runs.state("p"), phase: "running" as const };
  expect(await dead.claim("p", "dead", running)).toBe(true);
  const { runs } = runsOver(hanging, { kv, now, id: "next" });
  time += aliveMs;
  expect((await runs.state("p")).phase).toBe("running");
  time += 1;
  expect(await runs.state("p")).toMatchObject({
    phase: "failed",
    ended_at: new Date(at).toISOString(),
  });
  expect((await runs.start("p", query)).phase).toBe("running");
  // It was not dead after all: it is told to end, and changes nothing.
  expect(await dead.tell("p", "dead", { ...running, done: 7 })).toBe(false);
  expect(await createRepriceBoard({ kv, now }).read("p")).toMatchObject({ done: 0 });
  await runs.close();
});
