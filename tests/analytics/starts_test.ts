/** Pages of sessions and traces by when they began, against the calls themselves. */
import { expect } from "expect";
import { createTraceAnalytics } from "@/core/analytics/trace_analytics.ts";
import type { CallEvent } from "@/core/event/event.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { callEvent, store } from "./seed.ts";
import { seededRandom } from "@/tools/seeded_random.ts";

const clickhouse = useClickHouse();
const day = 86_400_000;
const from = Date.UTC(2026, 2, 1);
const to = from + 20 * day;
const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };

/** Groups of a few minutes and of many days, several of which begin in the same millisecond. */
function randomGroups(seed: number): CallEvent[] {
  const random = seededRandom(seed);
  const whole = (below: number) => Math.floor(random() * below);
  return Array.from({ length: 60 }, (_, group) => {
    // A day before the range and after it, too; half of them within the last two days.
    const begin = random() < 0.5 ? to - whole(2 * day) : from - day + whole(22 * day);
    const length = [60_000, day, 15 * day][whole(3)] ?? day;
    return Array.from({ length: 1 + whole(4) }, (_, i) => {
      const at = i === 0 ? begin - begin % 7_200_000 : begin + whole(length);
      return callEvent(
        { id: `g-${group}-${i}`, project: "p", at: new Date(at).toISOString() },
        { session_id: `s${group}`, trace_id: `t${group}`, user_id: `u${group % 3}` },
      );
    });
  }).flat();
}

interface Group {
  readonly id: string;
  readonly start: string;
}

/** By what lies in the range. */
function expectedOf(calls: readonly CallEvent[], kind: "session_id" | "trace_id"): Group[] {
  const within = calls.filter(({ at }) => at >= range.from && at < range.to);
  return [...Map.groupBy(within, ({ data }) => data[kind] ?? "")]
    .map(([id, of]) => ({ id, start: of.map(({ at }) => at).sort()[0] ?? "" }))
    .sort((a, b) => a.start === b.start ? (a.id < b.id ? 1 : -1) : a.start < b.start ? 1 : -1);
}

for (const seed of [11, 12, 13]) {
  Deno.test(`every group is on one page, in order, seed ${seed}`, async () => {
    await using db = await clickhouse.database();
    const calls = randomGroups(seed);
    await store(db.store, calls);
    const analytics = createTraceAnalytics(db.store);
    const pageOf = {
      session_id: async (query: Parameters<typeof analytics.sessions>[1]) => {
        const { sessions, next_cursor } = await analytics.sessions("p", query);
        return { ids: sessions.map(({ session_id }) => session_id), next_cursor };
      },
      trace_id: async (query: Parameters<typeof analytics.traces>[1]) => {
        const { traces, next_cursor } = await analytics.traces("p", query);
        return { ids: traces.map(({ trace_id }) => trace_id), next_cursor };
      },
    };
    for (const kind of ["session_id", "trace_id"] as const) {
      for (const order of ["desc", "asc"] as const) {
        for (const filters of [{}, { user_id: ["u1"] }]) {
          const of = filters.user_id ? calls.filter(({ data }) => data.user_id === "u1") : calls;
          const expected = expectedOf(of, kind).map(({ id }) => id);
          const found: string[] = [];
          let cursor: string | undefined;
          do {
            const page = await pageOf[kind]({ range, order, limit: 7, cursor, filters });
            found.push(...page.ids);
            cursor = page.next_cursor ?? undefined;
          } while (cursor !== undefined);
          expect({ kind, order, found }).toEqual({
            kind,
            order,
            found: order === "desc" ? expected : expected.toReversed(),
          });
        }
      }
    }
  });
}

Deno.test("a session's sums are those of its calls within the range", async () => {
  await using db = await clickhouse.database();
  const calls = randomGroups(14);
  await store(db.store, calls);
  const { sessions } = await createTraceAnalytics(db.store).sessions("p", { range, limit: 20 });
  expect(sessions).toHaveLength(20);
  for (const { session_id, calls: count, start } of sessions) {
    const own = calls.filter(({ at, data }) =>
      data.session_id === session_id && at >= range.from && at < range.to
    );
    expect([session_id, count]).toEqual([session_id, own.length]);
    expect(start).toBe(own.map(({ at }) => at).sort()[0]);
  }
});
