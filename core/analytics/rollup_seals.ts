/**
 * Which hours and days of a project have sums that may be used: those that were made from the very rows
 * that `events` has now.
 *
 * @module
 */
import { hourContents, listedContents } from "./rollup_content.ts";
import { day, type Sealed, type Seals, type Span } from "./rollup_cover.ts";
import type { Store } from "./store.ts";

/** What is sealed of a range, and how much there is in all. */
export interface SealedRange extends Seals {
  /** Days whose users, keys and properties may be read from `facets_by_day`. */
  readonly facets: Sealed;
  /** Stored calls, and the hours that have any. */
  readonly calls: number;
  readonly busyHours: number;
}

/** Reads the seals of a range, of whole days around it. */
export type ReadSeals = (project: string, range: Span) => Promise<SealedRange>;

const readers = new WeakMap<Pick<Store, "query">, ReadSeals>();

/**
 * Questions about one range that are asked while it is being read share the answer: a page asks several,
 * of several readers of one store.
 */
export function sealReader(store: Pick<Store, "query">): ReadSeals {
  const known = readers.get(store);
  if (known) return known;
  const made = createSealReader(store);
  readers.set(store, made);
  return made;
}

function createSealReader(store: Pick<Store, "query">): ReadSeals {
  const underWay = new Map<string, Promise<SealedRange>>();
  return function readSeals(project, { from, to }) {
    const around = { from: Math.floor(from / day) * day, to: Math.ceil(to / day) * day };
    const key = JSON.stringify([project, around]);
    const known = underWay.get(key);
    if (known) return known;
    const reading = seals(store, project, around).finally(() => underWay.delete(key));
    underWay.set(key, reading);
    return reading;
  };
}

/** Of an hour or a day. */
interface ContentRow {
  /** Seconds since 1970. */
  readonly at: number;
  readonly calls: string;
  readonly content: string;
}

interface SealRow extends ContentRow {
  readonly unit: string;
  readonly made: string;
}

async function seals(
  store: Pick<Store, "query">,
  project: string,
  { from, to }: Span,
): Promise<SealedRange> {
  const params = { project, from: seconds(from), to: seconds(to) };
  const [hours, sealed] = await Promise.all([
    store.query<ContentRow>(
      `SELECT toUnixTimestamp(hour) AS at, calls, content FROM (${
        hourContents(`project_id = {project:String}
          AND toStartOfHour(timestamp) >= toDateTime({from:UInt32}, 'UTC')
          AND toStartOfHour(timestamp) < toDateTime({to:UInt32}, 'UTC')`)
      })`,
      params,
    ),
    store.query<SealRow>(
      `SELECT unit, toUnixTimestamp(start) AS at, made, calls, content FROM rollup_seals FINAL
      WHERE project_id = {project:String}
        AND start >= toDateTime({from:UInt32}, 'UTC') AND start < toDateTime({to:UInt32}, 'UTC')`,
      params,
    ),
  ]);
  const contentsOfDays = contentsOf(daysOf(hours));
  const of = (unit: string) => sealed.filter((seal) => seal.unit === unit);
  return {
    days: fitting(of("day"), contentsOfDays),
    hours: fitting(of("hour"), contentsOf(hours)),
    facets: fitting(of("facets"), contentsOfDays),
    calls: hours.reduce((sum, { calls }) => sum + Number(calls), 0),
    busyHours: hours.length,
  };
}

/** Days whose prompts may be read from `prompts_by_day`. */
export async function sealedPrompts(
  store: Pick<Store, "query">,
  project: string,
  { from, to }: Span,
): Promise<Sealed> {
  const params = { project, from: seconds(from), to: seconds(to) };
  const [days, sealed] = await Promise.all([
    store.query<ContentRow>(
      `SELECT toUnixTimestamp(start) AS at, calls, content FROM (${
        listedContents(`project_id = {project:String}
          AND toStartOfDay(timestamp) >= toDateTime({from:UInt32}, 'UTC')
          AND toStartOfDay(timestamp) < toDateTime({to:UInt32}, 'UTC')`)
      })`,
      params,
    ),
    store.query<SealRow>(
      `SELECT toUnixTimestamp(start) AS at, made, calls, content FROM rollup_seals FINAL
      WHERE project_id = {project:String} AND unit = 'prompts'
        AND start >= toDateTime({from:UInt32}, 'UTC') AND start < toDateTime({to:UInt32}, 'UTC')`,
      params,
    ),
  ]);
  return fitting(sealed, contentsOf(days));
}

/** The seals that say of their hours or days what these are now. */
function fitting(seals: readonly SealRow[], now: ReadonlyMap<number, string>): Sealed {
  return new Map(
    seals.filter((seal) => now.get(seal.at) === contentOf(seal))
      .map(({ at, made }) => [at * 1_000, made]),
  );
}

const contentOf = ({ calls, content }: ContentRow) => `${calls} ${content}`;
const contentsOf = (rows: readonly ContentRow[]) =>
  new Map(rows.map((row) => [row.at, contentOf(row)]));

/** The content of a day is that of its hours, added up; hashes overflow as they do in ClickHouse. */
function daysOf(hours: readonly ContentRow[]): ContentRow[] {
  const days = Map.groupBy(hours, ({ at }) => at - at % (day / 1_000));
  return [...days].map(([at, members]) => ({
    at,
    calls: String(members.reduce((sum, { calls }) => sum + BigInt(calls), 0n)),
    content: String(
      BigInt.asUintN(64, members.reduce((sum, { content }) => sum + BigInt(content), 0n)),
    ),
  }));
}

/** ClickHouse's DateTime ends in 2106: what is beyond has no sums. */
function seconds(time: number): number {
  return Math.min(Math.max(0, Math.floor(time / 1_000)), 2 ** 32 - 1);
}
