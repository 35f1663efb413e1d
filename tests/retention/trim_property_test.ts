/**
 * What is taken out of the log, under random schedules: two thousand of them, and as many as
 * `WATCHLLM_TEST_SCHEDULES` says (10,000 take a minute).
 */
import { expect } from "expect";
import fc from "fast-check";
import type { KvPort } from "@/core/log/kv.ts";
import { mapKv } from "../fixtures/map_kv.ts";
import { type Step, step } from "./schedule.ts";
import { World } from "./world.ts";

const schedules = Number(Deno.env.get("WATCHLLM_TEST_SCHEDULES") ?? 2_000);
const schedule = fc.array(step, { minLength: 6, maxLength: 18, size: "max" });

/** The places that trimming has emptied or taken away. */
async function runAll(kv: KvPort, steps: readonly Step[]): Promise<number> {
  await using world = await World.open(kv);
  await world.run({ do: "register", consumer: 0 });
  await world.run({ do: "settings", project: "month" });
  await world.run({ do: "settings", project: "week" });
  await world.run({ do: "append", project: "month", ageDays: 31, events: 2 });
  for (const one of steps) await world.run(one);
  await world.expectSameRows();
  await world.expectAccount();
  return await world.removedEvents();
}

Deno.test("under any schedule nothing unread is trimmed, and what is left makes the same rows", async () => {
  let trimming = 0;
  await fc.assert(
    fc.asyncProperty(schedule, async (steps) => {
      if (await runAll(mapKv(), steps) > 0) trimming++;
    }),
    { numRuns: schedules, seed: 20261123 },
  );
  // Schedules in which nothing is ever trimmed prove nothing.
  expect(trimming).toBeGreaterThan(schedules / 5);
});

Deno.test("schedules over a real store", async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async (steps) => {
      await runAll(await Deno.openKv(":memory:"), steps);
    }),
    { numRuns: 40, seed: 7 },
  );
});
