-- What an answer says of its own price, and what became of ours afterwards.
ALTER TABLE events_g{g}
  ADD COLUMN IF NOT EXISTS usage_cache_write_12h UInt64 DEFAULT 0 AFTER usage_tool_requests,
  -- In the provider's own words; NULL when the answer names none.
  ADD COLUMN IF NOT EXISTS service_tier LowCardinality(Nullable(String)) AFTER price_tier,
  ADD COLUMN IF NOT EXISTS speed LowCardinality(Nullable(String)) AFTER service_tier,
  ADD COLUMN IF NOT EXISTS inference_geo LowCardinality(Nullable(String)) AFTER speed,
  -- What the provider itself says that the call cost, beside our own account of it.
  ADD COLUMN IF NOT EXISTS provider_cost_usd Nullable(Decimal(18, 12)) AFTER cost_usd,
  -- When and why the call was priced again; NULL: the price is the one of the call's own event.
  ADD COLUMN IF NOT EXISTS repriced_at Nullable(DateTime64(3, 'UTC')) AFTER unpriced_reason,
  ADD COLUMN IF NOT EXISTS repriced_reason LowCardinality(Nullable(String)) AFTER repriced_at;
