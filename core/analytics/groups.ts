/**
 * What rows can be grouped by, as an expression over `events`. A value that a row does not have and the
 * empty value are one group, the empty text.
 *
 * @module
 */
import type { GroupBy } from "./contract.ts";
import { groupedProperty } from "./filters.ts";
import type { Params } from "./store.ts";

const groupColumns = {
  provider: "provider",
  model: "model",
  user: "user_id",
  session: "session_id",
  key: "key_id",
  provider_key: "provider_key_id",
  endpoint: "endpoint",
  status: "status",
  cache: "cache",
  error: "error_code",
} as const satisfies Record<Exclude<GroupBy, `property.${string}`>, string>;

export interface Grouping {
  /** A text, never NULL. */
  readonly sql: string;
  readonly params: Params;
}

/** The expression and its parameters; a property's name is a parameter, never part of the SQL. */
export function groupingOf(groupBy: GroupBy): Grouping {
  const property = groupedProperty(groupBy);
  if (property !== null) {
    const key = "{group_property:String}";
    // Names that came as a header's have lost their capitals: the spelling asked for, or else that.
    return {
      sql: `properties[if(mapContains(properties, ${key}), ${key}, {group_header:String})]`,
      params: { group_property: property, group_header: property.toLowerCase() },
    };
  }
  // Not a property, so one of the named columns.
  const column = groupColumns[groupBy as keyof typeof groupColumns];
  return { sql: `toString(ifNull(${column}, ''))`, params: {} };
}
