/**
 * What the demo's agents do around their calls: tools that a model asked for, and what is looked up
 * before one is asked.
 *
 * @module
 */
import type { Random } from "../simulator/random.ts";

/** One use of a tool or a search. */
export interface Work {
  readonly kind: "tool" | "retriever";
  readonly name: string;
  readonly span: string;
  readonly ms: number;
  /** JSON texts; null: it failed. */
  readonly input: string;
  readonly output: string | null;
}

/** A call's place in a turn of an agent that records what it does. */
export interface AgentStep {
  /** The span of the whole turn, and its name and kind. */
  readonly root: string;
  readonly name: string;
  readonly kind: "agent" | "chain";
  readonly question: string;
  /** The span that the call stands in. */
  readonly span: string;
  readonly number: number;
  readonly before: readonly Work[];
  readonly after: readonly Work[];
}

interface Kind {
  readonly kind: Work["kind"];
  readonly ms: number;
  readonly failing: number;
  readonly input: (random: Random) => object;
  readonly output: object;
}

const cities = ["Vienna", "Ljubljana", "Sevilla", "Lyon", "Kyoto"];

const kinds: Readonly<Record<string, Kind>> = {
  get_weather: {
    kind: "tool",
    ms: 160,
    failing: 0.02,
    input: (random) => ({ city: random.pick(cities), date: "next Saturday" }),
    output: { degrees: 17, sky: "light clouds", rain: 0.2, wind_kmh: 11 },
  },
  search_trains: {
    kind: "tool",
    ms: 620,
    failing: 0.04,
    input: (random) => ({ from: "Vienna", to: random.pick(cities), date: "next Saturday" }),
    output: { trains: [{ departs: "07:58", arrives: "14:01", changes: 0 }] },
  },
  query_warehouse: {
    kind: "tool",
    ms: 900,
    failing: 0.03,
    input: (random) => ({
      sql: `SELECT category, sum(revenue) FROM sales WHERE quarter = '2026-Q${
        1 + Math.floor(4 * random.next())
      }' GROUP BY category`,
    }),
    output: { columns: ["category", "revenue"], rows: [["tents", 812_400.5], ["shoes", 498_020]] },
  },
  find_clauses: {
    kind: "retriever",
    ms: 70,
    failing: 0,
    input: (random) => ({ query: "clauses about the question", top_k: random.pick([4, 6, 8]) }),
    output: { sections: [3, 4, 5, 9] },
  },
};

/** One use of what has this name. */
export function workOf(name: string, random: Random): Work {
  const known = kinds[name];
  if (!known) throw new Error(`The demo knows no ${name}`);
  const { kind, ms, failing, input, output } = known;
  return {
    kind,
    name,
    span: random.hex(16),
    ms: Math.round(random.logNormal(ms, 0.4)),
    input: JSON.stringify(input(random)),
    output: random.chance(failing) ? null : JSON.stringify(output),
  };
}

/** How long several take that run beside one another. */
export function longest(works: readonly Work[]): number {
  return Math.max(0, ...works.map(({ ms }) => ms));
}
