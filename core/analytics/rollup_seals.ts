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
  /** Hours and days that may be read from `sums_by_model`. */
  readonly byModel: Seals;
  /** Stored calls, and the hours that have any. */
  readonly calls: number;
  readonly busyHours: number;
  /** Seals of other contents than those of `events`. */
  readonly listed: readonly SealRow[];
}

export interface SealReader {
  /** Reads the seals of a range, of whole days around it. */
  read(project: string, range: Span): Promise<SealedRange>;
  /**
   * From now until `release()`, what is asked about parts of this range is answered from one reading of
   * all of it, made when the first of them is asked about.
   */
  foresee(project: string, range: Span): { readonly release: () => void };
}

const readers = new WeakMap<Pick<Store, "query">, SealReader>();

/**
 * Questions about one range that are asked while it is being read share the answer: a page asks several,
 * of several readers of one store.
 */
export function sealReader(store: Pick<Store, "query">): SealReader {
  const known = readers.get(store);
  if (known) return known;
  const made = createSealReader(store);
  readers.set(store, made);
  return made;
}

interface Foreseen {
  readonly project: string;
  readonly range: Span;
  reading?: Promise<Stored>;
}

function createSealReader(store: Pick<Store, "query">): SealReader {
  const underWay = new Map<string, Promise<Stored>>();
  const foreseen = new Set<Foreseen>();

  function readOnce(project: string, range: Span): Promise<Stored> {
    const key = JSON.stringify([project, range]);
    const known = underWay.get(key);
    if (known) return known;
    const reading = readStored(store, project, range).finally(() => underWay.delete(key));
    underWay.set(key, reading);
    return reading;
  }

  return {
    async read(project, range) {
      const around = daysAround(range);
      const larger = [...foreseen].find((one) =>
        one.project === project && one.range.from <= around.from && around.to <= one.range.to
      );
      if (!larger) return sealedOf(await readOnce(project, around), around);
      larger.reading ??= readOnce(project, larger.range);
      return sealedOf(await larger.reading, around);
    },
    foresee(project, range) {
      const one: Foreseen = { project, range: daysAround(range) };
      foreseen.add(one);
      return { release: () => foreseen.delete(one) };
    },
  };
}

function daysAround({ from, to }: Span): Span {
  return { from: Math.floor(from / day) * day, to: Math.ceil(to / day) * day };
}

/** Of an hour or a day. */
export interface ContentRow {
  /** Seconds since 1970. */
  readonly at: number;
  readonly calls: string;
  readonly content: string;
}

export interface SealRow extends ContentRow {
  readonly unit: string;
  readonly made: string;
}

/** Contents of hours and seals of all units. */
interface Stored {
  readonly hours: readonly ContentRow[];
  readonly seals: readonly SealRow[];
}

async function readStored(
  store: Pick<Store, "query">,
  project: string,
  { from, to }: Span,
): Promise<Stored> {
  const params = { project, from: seconds(from), to: seconds(to) };
  const [hours, seals] = await Promise.all([
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
  return { hours, seals };
}

function sealedOf({ hours: allHours, seals: allSeals }: Stored, { from, to }: Span): SealedRange {
  const isWithin = ({ at }: { readonly at: number }) => at >= seconds(from) && at < seconds(to);
  const hours = allHours.filter(isWithin);
  const seals = Map.groupBy(allSeals.filter(isWithin), ({ unit }) => unit);
  const contentsOfHours = contentsOf(hours);
  const contentsOfDays = contentsOf(daysOf(hours));
  const fittingOf = (unit: string, contents: ReadonlyMap<number, string>) =>
    fitting(seals.get(unit) ?? [], contents);
  return {
    days: fittingOf("day", contentsOfDays),
    hours: fittingOf("hour", contentsOfHours),
    facets: fittingOf("facets", contentsOfDays),
    byModel: {
      days: fittingOf("model_day", contentsOfDays),
      hours: fittingOf("model_hour", contentsOfHours),
    },
    calls: hours.reduce((sum, { calls }) => sum + Number(calls), 0),
    busyHours: hours.length,
    listed: [...seals.get("prompts") ?? [], ...seals.get("largest_prompts") ?? []],
  };
}

/** Days whose prompts may be read, by table. */
export interface SealedPrompts {
  /** From `prompts_by_day`. */
  readonly all: Sealed;
  /** From `largest_prompts_by_day`. */
  readonly largest: Sealed;
}

/** @param sealed of the range, as `SealReader` has it */
export async function sealedPrompts(
  store: Pick<Store, "query">,
  project: string,
  range: Span,
  { listed }: Pick<SealedRange, "listed">,
): Promise<SealedPrompts> {
  const { from, to } = daysAround(range);
  const days = await store.query<ContentRow>(
    `SELECT toUnixTimestamp(start) AS at, calls, content FROM (${
      listedContents(`project_id = {project:String}
        AND toStartOfDay(timestamp) >= toDateTime({from:UInt32}, 'UTC')
        AND toStartOfDay(timestamp) < toDateTime({to:UInt32}, 'UTC')`)
    })`,
    { project, from: seconds(from), to: seconds(to) },
  );
  const contents = contentsOf(days);
  const of = (wanted: string) => fitting(listed.filter(({ unit }) => unit === wanted), contents);
  return { all: of("prompts"), largest: of("largest_prompts") };
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
