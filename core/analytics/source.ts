/**
 * The rows that a sum over calls is made from: partial results of `measures.ts`, by keys. They come from
 * the calls themselves, or from the sums by minute, hour and day where those hold the same.
 *
 * @module
 */
import type { Range } from "./contract.ts";
import { groupingOf } from "./groups.ts";
import { withKeptSums } from "./kept_sums.ts";
import { partsFromCells, partsFromFacets, partsFromModels, partsFromRows } from "./measures.ts";
import { createRollups, type RollupsOptions } from "./rollup.ts";
import type { FoundDays } from "./rollup_cells.ts";
import type { Scope, Wanted } from "./scope.ts";
import { exactText } from "./settings.ts";
import type { Params, Store } from "./store.ts";
import { where } from "./where.ts";

export interface Source {
  /** A query without parentheses. Without calls it has no rows. */
  readonly sql: string;
  readonly params: Params;
}

/** Where sums over calls come from. */
export interface Calls {
  readonly store: Store;
  source(scope: Scope, wanted: Wanted): Promise<Source>;
  /** The days of a table that may be read instead of the calls; null: there are none. */
  days(scope: Scope, unit: "facets" | "prompts"): Promise<FoundDays | null>;
  /** Says that several parts of a range will be asked about, until `release()`. */
  foresee(project: string, range: Range): { readonly release: () => void };
}

export interface CallsOptions {
  /** Whether the sums by minute, hour and day are used: they change nothing but the time it takes. @default {true} */
  readonly rollups?: boolean | RollupsOptions;
}

/** Where sums over one store's calls are read from; without `rollups` always the calls. */
export function createCalls(store: Store, { rollups = true }: CallsOptions = {}): Calls {
  const sums = rollups === false
    ? null
    : withKeptSums(createRollups(store, rollups === true ? {} : rollups), store);
  return {
    store,
    foresee: (project, range) => sums?.foresee(project, range) ?? { release: () => {} },
    days: async (scope, unit) => await sums?.findDays(scope, unit) ?? null,
    async source({ project, range, filters }, wanted) {
      const condition = where(project, range, filters);
      const keys = keysOf(wanted);
      const found = await sums?.find({ project, range, filters }, wanted) ?? null;
      const cells = (found?.cells ?? []).map(({ table, sql, by = "calls" }) => {
        const [columns, only] = by === "facets"
          ? [keys.facets, keys.onlyFacets]
          : [keys.cells, keys.only];
        return `SELECT ${[...columns, sumsBy[by](wanted.parts)].join(", ")}
        FROM ${table} AS c WHERE ${[sql, ...only].join(" AND ")}
        GROUP BY ${keys.names.join(", ")}`;
      });
      const onlyRows = found?.rows ?? "true";
      const rows = onlyRows === "false" && cells.length > 0
        ? []
        : [fromRows([condition.sql, onlyRows, ...keys.only].join(" AND "), wanted, keys)];
      return {
        sql: [...rows, ...cells].join(" UNION ALL "),
        params: { ...condition.params, ...keys.params, ...found?.params },
      };
    },
  };
}

const sumsBy = { calls: partsFromCells, models: partsFromModels, facets: partsFromFacets };

function fromRows(condition: string, { parts, groupBy, errorsOnly }: Wanted, keys: Keys): string {
  const only = groupBy === "error" || errorsOnly ? " AND isNotNull(error_code)" : "";
  return `SELECT ${[...keys.rows, partsFromRows(parts)].join(", ")}
    FROM events WHERE ${condition}${only}
    GROUP BY ${keys.names.join(", ")} SETTINGS ${exactText}`;
}

interface Keys {
  readonly names: readonly string[];
  /** As columns over `events`. */
  readonly rows: readonly string[];
  /** As columns over the sums. */
  readonly cells: readonly string[];
  /** As columns over what users or keys used by day. */
  readonly facets: readonly string[];
  /** Conditions that the groups must meet. */
  readonly only: readonly string[];
  readonly onlyFacets: readonly string[];
  readonly params: Params;
}

function keysOf({ bucketSeconds, groupBy, lines, models }: Wanted): Keys {
  const names: string[] = [];
  const rows: string[] = [];
  const cells: string[] = [];
  const facets: string[] = [];
  const only: string[] = [];
  const onlyFacets: string[] = [];
  const params: Record<string, Params[string]> = {};
  if (bucketSeconds !== undefined) {
    names.push("bucket");
    // A DateTime ends in 2106, a call's time does not.
    rows.push(bucketOf("intDiv(toUnixTimestamp64Milli(timestamp), 1000)"));
    cells.push(bucketOf("toInt64(toUnixTimestamp(start))"));
    facets.push(bucketOf("toInt64(toUnixTimestamp(start))"));
    params["bucket_seconds"] = bucketSeconds;
  }
  if (groupBy !== undefined) {
    const grouping = groupingOf(groupBy);
    names.push("line");
    rows.push(`${grouping.sql} AS line`);
    // The sums are by columns of the same names; they are asked for no other.
    cells.push(`${grouping.sql} AS line`);
    facets.push("value AS line");
    Object.assign(params, grouping.params);
    if (lines) {
      only.push(`${grouping.sql} IN {lines:Array(String)}`);
      onlyFacets.push("value IN {lines:Array(String)}");
      params["lines"] = lines;
    }
  }
  if (models || names.length === 0) {
    names.push("provider", "model");
    rows.push("provider", "model");
    cells.push("provider", "model");
  }
  return { names, rows, cells, facets, only, onlyFacets, params };
}

/** @param seconds since 1970, of 64 bits */
function bucketOf(seconds: string): string {
  const width = "{bucket_seconds:UInt32}";
  return `intDiv(${seconds}, ${width}) * ${width} AS bucket`;
}
