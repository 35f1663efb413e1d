import { expect } from "expect";
import { createLogReader } from "@/core/log/reader.ts";
import { openLog } from "@/core/log/open.ts";
import { createReadiness } from "@/tools/web/readiness.ts";

/** Asks three times of a ClickHouse whose pings end as they are given; says what each was told. */
async function told(pings: readonly boolean[]): Promise<boolean[]> {
  using kv = await Deno.openKv(":memory:");
  const log = await openLog({ write: kv, read: kv });
  let at = 0;
  const readiness = createReadiness({
    // The parts of the configuration that it looks at.
    config: { providerKeys: new Map() } as unknown as Parameters<
      typeof createReadiness
    >[0]["config"],
    kv,
    reader: createLogReader({ kv, ...log }),
    store: {
      ping: () => pings[at++] ? Promise.resolve() : Promise.reject(new Error("slow")),
    },
    analytics: { logs: () => Promise.reject(new Error("not asked")) },
    vault: { list: () => Promise.resolve([]) },
    now: () => 0,
  });
  const answers: boolean[] = [];
  for (let i = 0; i < 3; i++) answers.push((await readiness("p")).clickhouse.reachable);
  return answers;
}

Deno.test("one ping that fails is no absence of ClickHouse, two are", async () => {
  expect(await told([false, true, true, true])).toEqual([true, true, true]);
  expect(await told([false, false, true, true])).toEqual([false, true, true]);
});

Deno.test("a ClickHouse that is away is asked once at a time", async () => {
  expect(await told([false, false, false, true])).toEqual([false, false, true]);
});
