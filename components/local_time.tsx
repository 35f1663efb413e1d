/**
 * A moment on a part of a page that the server alone draws: in UTC, until the page's script writes it in
 * the viewer's zone. Both have about the same width, and neither moves what stands beside it.
 *
 * @module
 */
import { formatInstantIn, viewerZone } from "./zone.ts";

export function LocalTime({ at }: { at: string }) {
  return <time class="local num" datetime={at}>{formatInstantIn(at, "UTC")}</time>;
}

/** Writes them all in the viewer's zone. */
export function writeLocalTimes(): void {
  const zone = viewerZone();
  for (const time of document.querySelectorAll<HTMLTimeElement>("time.local")) {
    time.textContent = formatInstantIn(time.dateTime, zone);
  }
}
