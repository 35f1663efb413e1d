/** What breaks hits, played through in ClickHouse and again here, call by call. */
import { expect } from "expect";
import { cacheMisses } from "@/core/analytics/cache_misses.ts";
import { createCalls } from "@/core/analytics/source.ts";
import type { CallEvent } from "@/core/event/event.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { callEvent, store } from "./seed.ts";
import { seededRandom } from "@/tools/seeded_random.ts";

const clickhouse = useClickHouse();
const from = Date.UTC(2026, 2, 1);
const hour = 3_600_000;
const range = {
  from: new Date(from).toISOString(),
  to: new Date(from + 10 * hour).toISOString(),
};
const parts = ["project", "model", "system", "messages", "other"];

function randomMisses(seed: number, count: number): CallEvent[] {
  const random = seededRandom(seed);
  const whole = (below: number) => Math.floor(random() * below);
  return Array.from({ length: count }, (_, i) =>
    callEvent({
      id: `m-${seed}-${String(i).padStart(5, "0")}`,
      project: "p",
      at: new Date(from + i * 60_000 + whole(60_000)).toISOString(),
    }, {
      cache: random() < 0.1 ? "HIT" : "MISS",
      cache_decision: {
        reason: "absent",
        ...(random() < 0.9 && { ttl_seconds: [600, 3_600][whole(2)] ?? 0 }),
        components: {
          project: "same",
          model: `m${whole(2)}`,
          system: `s${whole(3)}`,
          messages: `q${whole(4)}`,
          other: random() < 0.5 ? "" : `at ${i}`,
        },
      },
    }));
}

/** How many of the calls would have been hits, were they compared by some of the parts alone. */
function hits(calls: readonly CallEvent[], without: string | null): number {
  const until = new Map<string, number>();
  let found = 0;
  for (const { at, data: { cache_decision } } of calls) {
    const components = Object.entries(cache_decision?.components ?? {});
    const key = JSON.stringify(components.filter(([name]) => name !== without));
    if (Date.parse(at) < (until.get(key) ?? 0)) found++;
    else until.set(key, Date.parse(at) + (cache_decision?.ttl_seconds ?? 0) * 1_000);
  }
  return found;
}

for (const seed of [1, 2, 3]) {
  Deno.test(`misses are played as calls come, seed ${seed}`, async () => {
    await using db = await clickhouse.database();
    const calls = randomMisses(seed, 500);
    await store(db.store, calls);
    const missed = calls.filter(({ data }) => data.cache === "MISS");
    for (const most of [1_000, 200, 1]) {
      const rank = await cacheMisses(
        createCalls(db.store),
        "p",
        { range, by: "component" },
        {},
        most,
      );
      const played = missed.slice(-most);
      const anyway = hits(played, null);
      const expected = parts
        .map((name) => ({ name, misses: hits(played, name) - anyway }))
        .filter(({ name, misses }) => name !== "project" && misses > 0)
        .sort((a, b) => b.misses - a.misses || (a.name < b.name ? -1 : 1));
      expect({ most, looked_at: rank.looked_at, misses: rank.misses }).toEqual({
        most,
        looked_at: played.length,
        misses: missed.length,
      });
      expect(rank.rows.map(({ name, misses }) => ({ name, misses }))).toEqual(expected);
      expect(expected.length > 0).toBe(most > 1);
      for (const { share, misses } of rank.rows) expect(share).toBe(misses / played.length);
    }
  });
}
