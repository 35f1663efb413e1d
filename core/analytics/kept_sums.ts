/**
 * Sums of calls that retention has taken away: they were kept when the calls went, so that what was spent
 * stays known to the digit. Before a project's cut they are all there is; from it on everything is read
 * as if nothing had ever gone.
 *
 * What only the calls themselves know (users, properties, errors) is not known of those that are gone.
 *
 * @module
 */
import { parts } from "./measures.ts";
import type { Rollups } from "./rollup.ts";
import { filterConditions, type Found } from "./rollup_cells.ts";
import { canGroup, canSum } from "./rollup_reach.ts";
import { day, hour, minute, type Span, type Unit } from "./rollup_cover.ts";
import type { Scope, Wanted } from "./scope.ts";
import type { Params, Store } from "./store.ts";

/** What was taken away from a project. */
interface Kept {
  /** Milliseconds since 1970; the beginning of a day. */
  readonly before: number;
  /** The numbers under which the sums were kept. */
  readonly made: readonly string[];
}

const lengths: Readonly<Record<Unit, number>> = { day, hour, minute };
const coarsestFirst = ["day", "hour", "minute"] as const;

/** The same sums, and those of calls that are gone. */
export function withKeptSums<R extends Rollups>(
  rollups: R,
  store: Pick<Store, "query">,
  now: () => number = Date.now,
): R {
  const readKept = keptReader(store);
  return {
    ...rollups,
    async find(scope: Scope, wanted: Wanted): Promise<Found | null> {
      const range = { from: Date.parse(scope.range.from), to: Date.parse(scope.range.to) };
      const units = unitsFor(wanted);
      const { filters = {} } = scope;
      const known = units.length > 0 && canGroup(wanted) && canSum(filters);
      if (wanted.listed || !known || isRecent(range, now())) {
        return await rollups.find(scope, wanted);
      }
      const kept = await readKept(scope.project);
      if (kept === null || kept.before <= range.from) return await rollups.find(scope, wanted);
      const gone = { from: range.from, to: Math.min(range.to, kept.before) };
      const cells = cellsOf(gone, kept, units, filterConditions(filters));
      if (range.to <= kept.before) return { ...cells, rows: "false" };
      const later = { ...scope.range, from: new Date(kept.before).toISOString() };
      const found = await rollups.find({ ...scope, range: later }, wanted);
      return {
        rows: found?.rows ?? "timestamp >= fromUnixTimestamp64Milli({kept_before:Int64}, 'UTC')",
        cells: [...cells.cells, ...found?.cells ?? []],
        params: { ...found?.params, ...cells.params, kept_before: kept.before },
      };
    },
  };
}

/** At least yesterday and today are always kept: what people look at most is not asked about. */
function isRecent({ from }: Span, now: number): boolean {
  return from >= Math.floor(now / day) * day - day;
}

/** The sums that lie whole in each bucket and have everything that is wanted. */
function unitsFor({ bucketSeconds, parts: wanted }: Wanted): readonly Unit[] {
  return coarsestFirst.filter((unit) => {
    const fits = bucketSeconds === undefined || (bucketSeconds * 1_000) % lengths[unit] === 0;
    return fits && (unit !== "minute" || wanted.every((name) => parts[name].byMinute));
  });
}

/** Whole days, then the whole hours beside them, then the whole minutes beside these. */
function cellsOf(range: Span, { made }: Kept, units: readonly Unit[], meets: readonly string[]) {
  const cells: { table: string; sql: string }[] = [];
  const params: Record<string, Params[string]> = { kept_made: made };
  let open: readonly Span[] = [range];
  for (const unit of units) {
    const length = lengths[unit];
    const [used, left] = divided(open, length);
    open = left;
    if (used.length === 0) continue;
    const spans = used.map(({ from, to }, i) => {
      params[`kept_${unit}_from_${i}`] = from / 1_000;
      params[`kept_${unit}_to_${i}`] = to / 1_000;
      return `(start >= toDateTime({kept_${unit}_from_${i}:UInt32}, 'UTC')
        AND start < toDateTime({kept_${unit}_to_${i}:UInt32}, 'UTC'))`;
    });
    cells.push({
      table: `kept_by_${unit}`,
      sql: [
        "project_id = {project:String}",
        `(${spans.join(" OR ")})`,
        "made IN (SELECT arrayJoin(arrayMap(one -> toUInt64(one), {kept_made:Array(String)})))",
        ...meets,
      ].join(" AND "),
    });
  }
  return { cells, params };
}

/** What of the spans is whole units, and what is left at their ends. */
function divided(spans: readonly Span[], length: number): [used: Span[], left: Span[]] {
  const used: Span[] = [];
  const left: Span[] = [];
  for (const { from, to } of spans) {
    const whole = { from: Math.ceil(from / length) * length, to: Math.floor(to / length) * length };
    if (whole.from >= whole.to) {
      left.push({ from, to });
      continue;
    }
    used.push(whole);
    if (from < whole.from) left.push({ from, to: whole.from });
    if (whole.to < to) left.push({ from: whole.to, to });
  }
  return [used, left];
}

type ReadKept = (project: string) => Promise<Kept | null>;

const readers = new WeakMap<Pick<Store, "query">, ReadKept>();

/** Questions about one project that are asked of one store while it is being read share the answer. */
function keptReader(store: Pick<Store, "query">): ReadKept {
  const known = readers.get(store);
  if (known) return known;
  const made = createKeptReader(store);
  readers.set(store, made);
  return made;
}

function createKeptReader(store: Pick<Store, "query">): ReadKept {
  const underWay = new Map<string, Promise<Kept | null>>();
  return function readKept(project) {
    const known = underWay.get(project);
    if (known) return known;
    const reading = read(store, project).finally(() => underWay.delete(project));
    underWay.set(project, reading);
    return reading;
  };
}

async function read(store: Pick<Store, "query">, project: string): Promise<Kept | null> {
  const [row] = await store.query<{ before: string; made: string[] }>(
    `SELECT toString(toUnixTimestamp64Milli(max(calls_before))) AS before,
      arrayMap(one -> toString(one), groupUniqArrayIf(made, made != 0)) AS made
    FROM retention_sums WHERE project_id = {project:String} HAVING count() > 0`,
    { project },
  );
  return row ? { before: Number(row.before), made: row.made } : null;
}
