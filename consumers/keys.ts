/**
 * Every key that consumers keep in Deno KV. No other module spells one.
 *
 * @module
 */

export const keys = {
  consumers: () => ["consumer"],
  /** Changes with every consumer that comes, goes or begins again. */
  registry: () => ["consumer_registry"],
  consumer: (id: string) => ["consumer", id],
  checkpoint: (id: string, partition: number) => ["ckpt", id, partition],
  lease: (id: string, partition: number) => ["lease", id, partition],
  states: (id: string) => ["consumer_state", id],
  state: (id: string, partition: number) => ["consumer_state", id, partition],
  deadLetters: (id: string) => ["dlq", id],
  deadLettersOf: (id: string, partition: number) => ["dlq", id, partition],
  deadLetter: (id: string, partition: number, versionstamp: string, index: number) => [
    "dlq",
    id,
    partition,
    versionstamp,
    index,
  ],
  replayed: (id: string, partition: number) => ["dlq_replayed", id, partition],
  /** How far all consumers were, and when: what the log's trimming waits for. */
  passed: (generation: number, partition: number) => ["log_passed", generation, partition],
  appended: (generation: number, partition: number) => ["log_count", generation, partition],
} as const satisfies Record<string, (...parts: never[]) => Deno.KvKey>;
