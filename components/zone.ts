/**
 * Times of day in one zone. The server writes UTC, the browser writes the viewer's zone; a page names
 * its zone once.
 *
 * @module
 */

/** An IANA zone name, e.g. `Europe/Vienna`; `UTC` on the server. */
export type Zone = string;

/** The viewer's zone. Call it in the browser only: on the server it is the server's. */
export function viewerZone(): Zone {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** `14:05`, or `2 Nov` where a day has few buckets: then several share a label. */
export function formatTick(iso: string, bucketSeconds: number, zone: Zone): string {
  const wide = bucketSeconds >= 6 * 3_600;
  return format(iso, zone, wide ? { day: "numeric", month: "short" } : clock);
}

/** Where a bucket begins and ends: `2 Nov, 14:00 to 14:30`. */
export function formatBucket(iso: string, bucketSeconds: number, zone: Zone): string {
  const day = format(iso, zone, { weekday: "short", day: "numeric", month: "short" });
  if (bucketSeconds >= 86_400) return day;
  const end = new Date(Date.parse(iso) + bucketSeconds * 1_000).toISOString();
  return `${day}, ${format(iso, zone, clock)} to ${format(end, zone, clock)}`;
}

/** The absolute time for a tooltip: `2 Nov 2026, 14:05:22`. */
export function formatInstant(iso: string, zone: Zone): string {
  const date = format(iso, zone, { day: "numeric", month: "short", year: "numeric" });
  return `${date}, ${format(iso, zone, { ...clock, second: "2-digit" })}`;
}

/** The same with the zone's short name, for a page that names it nowhere else: `… 14:05:22 CET`. */
export function formatInstantIn(iso: string, zone: Zone): string {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "short" })
    .formatToParts(new Date(iso));
  const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? zone;
  return `${formatInstant(iso, zone)} ${name}`;
}

/** `14:05:22` when it is of the same day as `now`, else `2 Nov, 14:05`. */
export function formatRecent(iso: string, now: string, zone: Zone): string {
  const day = { day: "numeric", month: "short" } as const;
  return format(iso, zone, day) === format(now, zone, day)
    ? format(iso, zone, { ...clock, second: "2-digit" })
    : format(iso, zone, { ...day, ...clock });
}

/** `14:05`. */
export function formatClock(iso: string, zone: Zone): string {
  return format(iso, zone, clock);
}

const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

function format(iso: string, zone: Zone, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone }).format(new Date(iso));
}
