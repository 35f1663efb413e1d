-- Questions of the semantic cache that memory has no room for: an index over entries that KV holds.
CREATE TABLE IF NOT EXISTS semantic_entries
(
  project_id String,
  -- SHA-256 of the context, its embedder's version included.
  partition String,
  entry_id String,
  -- 256 bits: on which side of as many planes the vector lies.
  s0 UInt64,
  s1 UInt64,
  s2 UInt64,
  s3 UInt64,
  -- Of length one.
  vector Array(Float32) CODEC(NONE),
  expires_at DateTime('UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (project_id, partition, entry_id)
TTL expires_at
SETTINGS index_granularity = 8192;
