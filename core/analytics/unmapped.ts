/**
 * Attributes of spans that no line of the mapping knows: nothing of them is lost, but nothing is made of
 * them either.
 *
 * @module
 */
import { mappingVersion } from "../ingest/otel/mapping.ts";
import type { Range, ReadOptions } from "./contract.ts";
import { instantOf, rangeParams, rangeSql } from "./page.ts";
import { exact } from "./settings.ts";
import type { Store } from "./store.ts";
import type { Unmapped } from "./trace_types.ts";

interface Row {
  readonly attribute: string;
  readonly spans: string;
  readonly scopes: readonly string[];
  readonly example: string;
  readonly last_at: string;
}

/** The most frequent first, each with the beginning of one value. */
export async function unmappedAttributes(
  store: Store,
  project: string,
  range: Range,
  options: ReadOptions,
): Promise<Unmapped> {
  const rows = await store.query<Row>(
    `SELECT attribute, count() AS spans,
      arraySort(groupUniqArrayIf(10)(assumeNotNull(scope), scope != '')) AS scopes,
      leftUTF8(any(attributes[attribute]), 200) AS example,
      toUnixTimestamp64Milli(max(timestamp)) AS last_at
    FROM spans ARRAY JOIN unmapped AS attribute
    WHERE project_id = {project:String} AND ${rangeSql}
    GROUP BY attribute ORDER BY count() DESC, attribute LIMIT 500`,
    { project, ...rangeParams(range) },
    { ...options, settings: exact },
  );
  return {
    mapping_version: mappingVersion,
    attributes: rows.map((row) => ({
      name: row.attribute,
      spans: Number(row.spans),
      scopes: [...row.scopes],
      example: row.example,
      last_seen: instantOf(row.last_at),
    })),
  };
}
