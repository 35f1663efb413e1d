-- Headers of request and answer that help to understand a call, by name in lower case. Beside the bodies:
-- nothing that adds up or lists reads them.
ALTER TABLE event_bodies_g{g}
  ADD COLUMN IF NOT EXISTS request_headers Map(LowCardinality(String), String) CODEC(ZSTD(3))
    AFTER response_truncated,
  ADD COLUMN IF NOT EXISTS response_headers Map(LowCardinality(String), String) CODEC(ZSTD(3))
    AFTER request_headers;

-- The list can be filtered by both kinds of keys. Rows that were stored before have neither: a rebuild
-- gives it to them.
ALTER TABLE events_list_g{g}
  ADD COLUMN IF NOT EXISTS key_id LowCardinality(String) AFTER parent_span_id,
  ADD COLUMN IF NOT EXISTS provider_key_id Nullable(String) AFTER key_id;
