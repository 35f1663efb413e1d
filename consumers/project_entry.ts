/**
 * One stored entry through a projection: read in whatever version it was written, then projected.
 *
 * A payload that is damaged and a projection that throws are the event's fault and come back as
 * `Rejected`; a store that cannot be read is nobody's, and is thrown.
 *
 * @module
 */
import { errorMessage } from "@/core/caught.ts";
import { upcast } from "@/core/event/upcast.ts";
import type { LogEntry, LogReader } from "@/core/log/contract.ts";
import { DamagedPayload } from "@/core/log/damage.ts";
import type { Projected, Projection } from "./projection.ts";

/** The code of an event that a newer release wrote: it must wait for that release, not be set aside. */
export const unknownEvent = "unknown_event";

export function projectEntry(
  { projection, reader }: { projection: Projection; reader: LogReader },
  entry: LogEntry,
): Projected<unknown> | Promise<Projected<unknown>> {
  const read = upcast(entry.raw);
  if (!read.ok && read.reason === "unknown") {
    const { partition, versionstamp, index } = entry.position;
    const where = `${partition}/${versionstamp}/${index}`;
    const detail = `${read.detail} at ${where} is not known to this version: update the consumers`;
    return { ok: false, code: unknownEvent, detail };
  }
  if (!read.ok) return { ok: false, code: "invalid_event", detail: read.detail };

  const { event } = read;
  let outage: unknown = null;
  async function readPayload(name: string): Promise<Uint8Array | null> {
    try {
      return await reader.payload(event, name);
    } catch (error) {
      if (!(error instanceof DamagedPayload)) outage = error;
      throw error;
    }
  }
  function rejected(error: unknown): Projected<unknown> {
    if (outage !== null) throw outage;
    const code = error instanceof DamagedPayload ? "damaged_payload" : "projection_threw";
    return { ok: false, code, detail: errorMessage(error) };
  }
  try {
    const projected = projection.project(event, entry, readPayload);
    return projected instanceof Promise ? projected.catch(rejected) : projected;
  } catch (error) {
    return rejected(error);
  }
}
