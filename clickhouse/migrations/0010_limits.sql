-- What a project's limits said of a call.
ALTER TABLE events_g{g}
  -- By limit: warned, would_block, unchecked or blocked. Empty: there was nothing to say.
  ADD COLUMN IF NOT EXISTS limits Map(LowCardinality(String), String) AFTER error_origin,
  -- The whole as JSON: whom it counted, the quota, what was used, when it ends.
  ADD COLUMN IF NOT EXISTS limit_decisions Nullable(String) CODEC(ZSTD(3)) AFTER limits;
