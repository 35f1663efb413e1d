/**
 * The rows of spans and scores: `clickhouse/migrations/` in the form in which they are sent.
 *
 * @module
 */
import {
  bool,
  duration,
  type Fields,
  instant,
  key,
  listOf,
  nullable,
  number,
  text,
  texts,
  uint16,
  uint32,
  uint64,
} from "./columns.ts";

const identity = { project_id: key, event_id: key, timestamp: instant };

const position = {
  log_gen: uint32,
  log_partition: uint16,
  log_versionstamp: text,
  log_index: uint16,
};

export const spanColumns = {
  ...identity,
  trace_id: text,
  span_id: text,
  parent_span_id: text,
  kind: text,
  name: text,
  is_call: bool,
  start_us: uint64,
  duration_ms: nullable(duration),
  status: text,
  status_message: nullable(text),
  level: nullable(text),
  source: text,
  service: nullable(text),
  scope: nullable(text),
  environment: nullable(text),
  release: nullable(text),
  tags: listOf(text),
  user_id: nullable(text),
  session_id: nullable(text),
  tool_name: nullable(text),
  tool_call_id: nullable(text),
  key_id: text,
  attributes: texts,
  unmapped: listOf(text),
  preview: text,
  input: nullable(text),
  input_encoding: text,
  input_truncated: bool,
  output: nullable(text),
  output_encoding: text,
  output_truncated: bool,
  demo: bool,
  ...position,
};
export type SpanRow = Fields<typeof spanColumns>;

export const scoreColumns = {
  ...identity,
  kind: text,
  name: text,
  value: nullable(number),
  text,
  data_type: text,
  comment: nullable(text),
  target_event_id: nullable(text),
  trace_id: nullable(text),
  span_id: nullable(text),
  session_id: nullable(text),
  user_id: nullable(text),
  source: text,
  properties: texts,
  correction: nullable(text),
  key_id: text,
  demo: bool,
  ...position,
};
export type ScoreRow = Fields<typeof scoreColumns>;
