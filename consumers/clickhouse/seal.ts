/**
 * Writes the seals of hours or days: that the rows made of them under a number are stored, and of which
 * content they were made.
 *
 * @module
 */
import type { ClickHouseStore } from "@/clickhouse/client.ts";

export interface SealedSpan {
  /** Seconds since 1970. */
  readonly at: number;
  /** The number of its rows. */
  readonly made: string;
  readonly calls: string;
  readonly content: string;
}

interface Sealing {
  readonly project: string;
  /** Of the seals. */
  readonly unit: string;
  readonly spans: readonly SealedSpan[];
}

/** Without spans nothing is written. */
export async function seal(
  store: Pick<ClickHouseStore, "command">,
  { project, unit, spans }: Sealing,
  options: { readonly signal: AbortSignal; readonly timeout: number },
): Promise<void> {
  if (spans.length === 0) return;
  await store.command(
    `INSERT INTO rollup_seals (project_id, unit, start, made, calls, content)
    SELECT {project:String}, {unit:String}, toDateTime(toUInt32(one.1), 'UTC'), toUInt64(one.2),
      toUInt64(one.3), toUInt64(one.4)
    FROM (SELECT arrayJoin(arrayZip(
      {starts:Array(String)}, {mades:Array(String)}, {calls:Array(String)}, {contents:Array(String)}
    )) AS one)`,
    {
      project,
      unit,
      starts: spans.map(({ at }) => String(at)),
      mades: spans.map(({ made }) => made),
      calls: spans.map(({ calls }) => calls),
      contents: spans.map(({ content }) => content),
    },
    options,
  );
}
