/**
 * The settings sent with every request. All are explicit, because a server's defaults differ between
 * versions, profiles and the embedded engine.
 *
 * @module
 */
import type { ClickHouseSettings } from "@clickhouse/client-web";

const always = {
  // Without quotes 18446744073709551615 arrives as ...552000, and decimals as floats.
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  date_time_output_format: "iso",
} satisfies ClickHouseSettings;

/** For reading: nothing can be changed, and the query ends with its connection. */
export const readSettings: ClickHouseSettings = {
  ...always,
  readonly: "2",
  cancel_http_readonly_queries_on_client_close: 1,
};

/** The answer waits for the end, so that its status is the query's outcome. */
export const wholeAnswer = { wait_end_of_query: 1 } satisfies ClickHouseSettings;

/** The answer begins with the first rows: formatting in parallel holds back blocks of many megabytes. */
export const rowByRow = { output_format_parallel_formatting: 0 } satisfies ClickHouseSettings;

export const commandSettings: ClickHouseSettings = { ...always, ...wholeAnswer };

export const insertSettings = {
  ...always,
  ...wholeAnswer,
  // Acknowledged means written: the embedded engine has no queue for asynchronous inserts.
  async_insert: 0,
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  // Anything unexpected in a row is an error, never a silent default.
  input_format_skip_unknown_fields: 0,
  input_format_null_as_default: 0,
  date_time_input_format: "best_effort",
} satisfies ClickHouseSettings;
