-- Request and answer as they were sent, and their words for search. Apart from the rows, because a list
-- or a sum must never read them.
--
-- Search: hasAllTokens(input_text, ...) or hasAnyTokens(...), whole words, any case. LIKE does not use
-- the index and reads everything.
CREATE TABLE IF NOT EXISTS event_bodies_g{g} (
  project_id String,
  event_id String,
  timestamp DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),

  -- NULL: nothing was kept. Encoding: json, text or base64.
  request Nullable(String) CODEC(ZSTD(3)),
  request_encoding LowCardinality(String),
  request_content_type LowCardinality(Nullable(String)),
  request_original_bytes UInt64,
  request_bytes UInt64,
  request_truncated Bool,

  response Nullable(String) CODEC(ZSTD(3)),
  response_encoding LowCardinality(String),
  response_content_type LowCardinality(Nullable(String)),
  response_original_bytes UInt64,
  response_bytes UInt64,
  response_truncated Bool,

  tool_calls Array(Tuple(id String, name LowCardinality(String), arguments String)) CODEC(ZSTD(3)),

  -- The last user message and the answer as plain text, cut by the projection.
  input_text String CODEC(ZSTD(1)),
  output_text String CODEC(ZSTD(1)),
  demo Bool DEFAULT false,

  log_gen UInt32,
  log_partition UInt16,
  log_versionstamp String,
  log_index UInt16,
  log_position UInt128 MATERIALIZED bitShiftLeft(toUInt128(log_gen), 96)
    + bitShiftLeft(reinterpretAsUInt128(reverse(unhex(log_versionstamp))), 16)
    + toUInt128(log_index),

  INDEX event_id_filter event_id TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX input_words input_text TYPE text(tokenizer = splitByNonAlpha, preprocessor = lowerUTF8(input_text)),
  INDEX output_words output_text TYPE text(tokenizer = splitByNonAlpha, preprocessor = lowerUTF8(output_text))
)
ENGINE = ReplacingMergeTree(log_position)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (project_id, toStartOfHour(timestamp), event_id)
SETTINGS non_replicated_deduplication_window = 10000;
