/**
 * What a projection is to the loop. It says how an event becomes a row and how rows reach the sink;
 * the loop decides what, when, how often and in which order.
 *
 * @module
 */
import type { Event } from "@/core/event/event.ts";
import type { LogEntry } from "@/core/log/contract.ts";

/** One event's part in a projection; `row: null` when the event concerns it not. */
export type Projected<Row> =
  | {
    readonly ok: true;
    readonly row: Row | null;
    /** How the proof counts it. @default {"row"} */
    readonly counts?: Counts;
  }
  | Rejected;

/**
 * `removable`: a row that a later event may take away again, as those of the demo. `nothing`: it has an
 * effect on other rows and is none itself.
 */
export type Counts = "row" | "removable" | "nothing";

/** The event can never be projected as it is: it goes to the dead letters. */
export interface Rejected {
  readonly ok: false;
  /** Stable, for people who count dead letters by cause. */
  readonly code: string;
  readonly detail: string;
}

/**
 * What became of rows that were sent. `transient`: try again with the same token, for ever.
 * `poison`: at least one row is to blame. `configuration`: no row will pass until a person changes
 * something (a grant, a table, a password).
 */
export type Delivery =
  | { readonly ok: true }
  | {
    readonly ok: false;
    readonly reason: "transient" | "poison" | "configuration";
    readonly code: string;
    readonly detail: string;
  };

/** Reads a payload of the event at hand. */
export type ReadPayload = (name: string) => Promise<Uint8Array | null>;

/** What one entry costs its insert. */
export interface Measure {
  /** About the bytes of its row. */
  readonly bytes: number;
  /** Rows of one group land in one part of the sink, e.g. the month. */
  readonly group: string;
}

export interface Projection<Row = unknown> {
  /** The consumer's id, e.g. `clickhouse@g1`. */
  readonly id: string;
  /** Goes up when the same event gives other rows: it is part of the deduplication token. */
  readonly version: number;
  /** Deliveries of one batch happen stage by stage; a later one starts when the earlier succeeded. */
  readonly stages: number;
  /** Bounds of one delivery, besides the number of rows. */
  readonly limits: { readonly bytes: number; readonly groups: number };
  /** Must depend on the entry alone and never throw, whatever the entry holds. */
  measure(entry: LogEntry): Measure;
  /** Pure but for reading payloads. A throw counts as `Rejected`. */
  project(
    event: Event,
    entry: LogEntry,
    payload: ReadPayload,
  ): Projected<Row> | Promise<Projected<Row>>;
  /** Sends rows; with the same token and rows it may be called any number of times. Never throws. */
  deliver(
    stage: number,
    rows: readonly Row[],
    token: string,
    signal: AbortSignal,
  ): Promise<Delivery>;
}
