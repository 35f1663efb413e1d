/**
 * What the page about retention is told.
 *
 * @module
 */

export interface RetentionPreview {
  /** ISO UTC; null: none would go. */
  readonly calls_before: string | null;
  readonly bodies_before: string | null;
  readonly calls: number;
  readonly spans: number;
  readonly scores: number;
  /** Calls whose prompts or answers would go. */
  readonly bodies: number;
  readonly body_bytes: number;
}

interface RemovedAmount {
  readonly calls: number;
  readonly bodies: number;
  readonly body_bytes: number;
}

export interface RetentionState {
  readonly calls_before: string | null;
  readonly bodies_before: string | null;
  /** Null while ClickHouse is away. */
  readonly removed: {
    readonly total: RemovedAmount;
    readonly latest: readonly (RemovedAmount & { readonly at: string })[];
  } | null;
  /** Null before retention has looked for the first time. */
  readonly pass: {
    readonly looked_at: string;
    readonly finished_at: string | null;
    readonly events: number;
    readonly stripped: number;
    readonly stalled: readonly {
      readonly partition: number;
      readonly consumer: string | null;
      readonly since: string;
    }[];
    readonly problem: string | null;
  } | null;
}
