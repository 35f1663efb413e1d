/**
 * How much traffic there is at a time, and what goes wrong when: office hours, weekends, slow growth,
 * a spike, a quiet day, a slow day, a provider's outage and an afternoon with an expired key.
 *
 * @module
 */

const hour = 3_600_000;
const day = 24 * hour;

/** Share of a day's peak for each hour, in UTC, for customers who live mostly in Europe. */
const hours = [
  0.16,
  0.12,
  0.1,
  0.09,
  0.1,
  0.16,
  0.32,
  0.56,
  0.82,
  0.97,
  1,
  0.96,
  0.84,
  0.92,
  0.98,
  0.94,
  0.84,
  0.7,
  0.6,
  0.56,
  0.52,
  0.42,
  0.3,
  0.21,
];
/** From Sunday on. */
const weekdays = [0.42, 1, 1.06, 1.08, 1.04, 0.9, 0.5];

const meanHour = hours.reduce((sum, share) => sum + share, 0) / hours.length;
const meanWeekday = weekdays.reduce((sum, share) => sum + share, 0) / weekdays.length;

/** A stretch of time before the demo's end, in days. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** When something happens, in days before the end; the history may be shorter. */
export const incidents = {
  spike: { from: 9.6, to: 9.46 },
  quietDay: { from: 17.5, to: 16.5 },
  /** Anthropic answers slowly. */
  slowDay: { from: 5.5, to: 4.5 },
  /** OpenAI refuses a third of the calls. */
  outage: { from: 12.41, to: 12.37 },
  /** The key for Groq has expired. */
  expiredKey: { from: 3.55, to: 3.53 },
} as const satisfies Record<string, Stretch>;

export type Incident = keyof typeof incidents;

/** Whether an incident is on. Times are milliseconds since 1970. */
export function during(incident: Incident, at: number, end: number): boolean {
  const ago = (end - at) / day;
  return ago <= incidents[incident].from && ago > incidents[incident].to;
}

/** Traffic at a time relative to the average of a steady week. */
export function load(at: number, end: number): number {
  const date = new Date(at);
  const position = date.getUTCHours() + date.getUTCMinutes() / 60;
  const before = hours[Math.floor(position)] ?? 0;
  const after = hours[(Math.floor(position) + 1) % 24] ?? 0;
  const share = before + (after - before) * (position % 1);
  const weekly = (weekdays[date.getUTCDay()] ?? 1) / meanWeekday;
  // A third more at the end of a month than at its beginning.
  const growth = 1.15 - 0.3 * Math.min(1, (end - at) / (30 * day));
  const spike = during("spike", at, end) ? 4 : 1;
  const quiet = during("quietDay", at, end) ? 0.45 : 1;
  return share / meanHour * weekly * growth * spike * quiet;
}
