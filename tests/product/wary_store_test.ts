/** A ClickHouse that hangs costs each page a question, and not the time of its longest query. */
import { expect } from "expect";
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { waryStore } from "@/tools/web/wary_store.ts";

interface Asked {
  pings: number;
  queries: number;
}

function fakeStore(asked: Asked, ping: () => Promise<void>): ClickHouseStore {
  const store: Pick<ClickHouseStore, "ping" | "query" | "stream"> = {
    ping() {
      asked.pings += 1;
      return ping();
    },
    query() {
      asked.queries += 1;
      return Promise.resolve([]);
    },
    async *stream<T>() {
      asked.queries += 1;
      yield* Array<T>();
    },
  };
  // The rest is not asked for here.
  return store as ClickHouseStore;
}

Deno.test("a ClickHouse that answers is never asked whether it is there", async () => {
  const asked = { pings: 0, queries: 0 };
  const store = waryStore(fakeStore(asked, () => Promise.resolve()));
  await store.query("SELECT 1");
  expect(asked).toEqual({ pings: 0, queries: 1 });
});

Deno.test("one that hung is asked once for all who wait, and for no more while it hangs", async () => {
  const asked = { pings: 0, queries: 0 };
  let hangs = true;
  const store = waryStore(
    fakeStore(asked, () => hangs ? Promise.reject(new Error("No answer")) : Promise.resolve()),
  );
  await expect(store.ping()).rejects.toThrow("No answer");
  const ends = await Promise.allSettled([
    store.query("SELECT 1"),
    store.query("SELECT 2"),
    Array.fromAsync(store.stream("SELECT 3")),
  ]);
  expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(asked).toEqual({ pings: 2, queries: 0 });

  hangs = false;
  await store.query("SELECT 1");
  await store.query("SELECT 1");
  expect(asked).toEqual({ pings: 3, queries: 2 });
});
