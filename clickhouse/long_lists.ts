/**
 * Lists of any length as query parameters. ClickHouse refuses a value of more than 128 KiB (its
 * `http_max_field_value_size`, which a client cannot raise), and it refuses it every time: a consumer that
 * asks for the traces of a batch would stand still for ever. So a long list travels in parts.
 *
 * @module
 */
import type { Params } from "@/core/analytics/store.ts";

/** Bytes of one value, with room to its bound of 131,072. */
const mostBytes = 120_000;

/** A statement and its values. */
export interface Statement {
  readonly sql: string;
  readonly params: Params;
}

/**
 * The same statement with each list that is too long for one value put together from several. Pure.
 *
 * @example
 * ```ts
 * import { withListsInParts } from "@/clickhouse/long_lists.ts";
 * import { expect } from "expect";
 *
 * const ids = Array.from({ length: 5_000 }, (_, i) => `event-number-${i}`);
 * const { sql, params } = withListsInParts("SELECT {ids:Array(String)}", { ids });
 * expect(sql).toBe("SELECT arrayConcat({ids_part0:Array(String)}, {ids_part1:Array(String)}, {ids_part2:Array(String)})");
 * expect(Object.values(params).flat()).toEqual(ids);
 * ```
 */
export function withListsInParts(sql: string, params: Params): Statement {
  const long = Object.entries(params).flatMap(([name, value]) => {
    if (!Array.isArray(value)) return [];
    const parts = partsOf(value);
    return parts.length > 1 ? [{ name, parts }] : [];
  });
  if (long.length === 0) return { sql, params };
  const values: Record<string, Params[string]> = { ...params };
  let statement = sql;
  for (const { name, parts } of long) {
    delete values[name];
    const names = parts.map((_, i) => `${name}_part${i}`);
    parts.forEach((part, i) => values[`${name}_part${i}`] = part);
    statement = statement.replaceAll(
      new RegExp(`\\{${name}:(Array\\([^}]*\\))\\}`, "g"),
      (_, type: string) => `arrayConcat(${names.map((one) => `{${one}:${type}}`).join(", ")})`,
    );
  }
  return { sql: statement, params: values };
}

function partsOf(list: readonly string[]): (readonly string[])[] {
  const parts: (readonly string[])[] = [];
  let begin = 0;
  let bytes = 0;
  list.forEach((value, i) => {
    const own = bytesOf(value);
    if (bytes + own > mostBytes && i > begin) {
      parts.push(list.slice(begin, i));
      begin = i;
      bytes = 0;
    }
    bytes += own;
  });
  return [...parts, list.slice(begin)];
}

/** At most: three bytes of UTF-8, or two of an escaped character, for each unit; quotes and a comma. */
function bytesOf(value: string): number {
  return 3 * value.length + 3;
}
