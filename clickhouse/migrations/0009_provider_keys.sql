-- Which of the project's provider keys a call was made with, how its stream flowed, and what of its
-- usage was counted here.
ALTER TABLE events_g{g}
  -- NULL: the vault had none for the provider, or the request brought its own.
  ADD COLUMN IF NOT EXISTS provider_key_id Nullable(String) AFTER key_id,
  -- The longest silence within the body, in milliseconds.
  ADD COLUMN IF NOT EXISTS stream_gap_ms Nullable(Float64) AFTER ttft_ms,
  ADD COLUMN IF NOT EXISTS tokens_per_second Nullable(Float64) AFTER stream_gap_ms,
  -- Tokens among the others that were counted by the text of an answer that was cut.
  ADD COLUMN IF NOT EXISTS usage_estimated UInt64 DEFAULT 0 AFTER usage_consistent;
