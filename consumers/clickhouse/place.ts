/**
 * What every row says of its place in the log, and how text is made fit for a column.
 *
 * @module
 */
import type { Position } from "@/core/log/position.ts";
import type { Rejected } from "../projection.ts";

export interface Place extends Position {
  readonly generation: number;
}

export function logPosition(place: Place) {
  return {
    log_gen: place.generation,
    log_partition: place.partition,
    log_versionstamp: place.versionstamp,
    log_index: place.index,
  };
}

export function orNull(text: string | null | undefined): string | null {
  return text?.toWellFormed() ?? null;
}

export function wellFormed(properties: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(properties);
  if (entries.every(([name, value]) => name.isWellFormed() && value.isWellFormed())) {
    return properties;
  }
  return Object.fromEntries(
    entries.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]),
  );
}

export function outOfRange(column: string): Rejected {
  return {
    ok: false,
    code: "out_of_range",
    detail: `Column ${column} cannot hold this event's value`,
  };
}
