/**
 * What reading stored bytes can find broken. Damage is always reported, never skipped: whoever reads
 * decides whether to stop or to put the position aside.
 *
 * @module
 */
import type { Position } from "./position.ts";

/** Stored bytes are not what was written. Where they stand is added by whoever reads them. */
export class Damage extends Error {
  override readonly name = "Damage";
}

/** A record that cannot be read. Nothing of it was delivered. */
export class DamagedRecord extends Error {
  override readonly name = "DamagedRecord";

  constructor(
    readonly at: Omit<Position, "index">,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`Cannot read record ${at.partition}/${at.versionstamp}: ${reason}`, options);
  }
}

/** A payload whose stored bytes are not the ones that were appended. */
export class DamagedPayload extends Error {
  override readonly name = "DamagedPayload";

  constructor(
    readonly eventId: string,
    readonly payload: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`Cannot read payload "${payload}" of event "${eventId}": ${reason}`, options);
  }
}
