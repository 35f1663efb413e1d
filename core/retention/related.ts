/**
 * What belongs to a user without naming one. OpenTelemetry's instrumentations often say who the user is on a
 * trace's first span alone: the calls below it, with their prompts, are that user's all the same.
 *
 * @module
 */
import type { QueryOptions, Store } from "../analytics/store.ts";
import type { ErasureData } from "../event/retention.ts";

/** What goes with a user, as it stands in ClickHouse now. */
export interface Related {
  /** Traces that name this user and no other, and that hold something which names none. */
  readonly trace_ids: readonly string[];
  /** Attempts and scores of the user's calls, and scores of sessions that are this user's alone. */
  readonly about_ids: readonly string[];
}

const inProject = "project_id = {project:String}";
const nobody = "ifNull(user_id, '') = ''";

/** Rows of calls and spans, with who they say it was. */
const told = (id: string, condition: string) =>
  ["events", "spans"].map((table) =>
    `SELECT ifNull(${id}, '') AS id, ifNull(user_id, '') AS user FROM ${table}
    WHERE ${inProject} AND ${condition}`
  ).join(" UNION ALL ");

/** Ids that the user's rows have, of which no row names somebody else. */
const own = (id: string) =>
  `SELECT id FROM (${
    told(
      id,
      `${id} IN (SELECT id FROM (${told(id, "user_id = {user:String}")}) WHERE id != '')`,
    )
  }) GROUP BY id HAVING countIf(user NOT IN ('', {user:String})) = 0`;

const calls = `SELECT event_id FROM events WHERE ${inProject}
  AND (user_id = {user:String} OR ${nobody} AND trace_id IN (${own("trace_id")}))`;

export async function relatedTo(
  store: Pick<Store, "query">,
  project: string,
  user: string,
  options: QueryOptions = {},
): Promise<Related> {
  const params = { project, user };
  const [traces, about] = await Promise.all([
    store.query<{ id: string }>(
      `SELECT DISTINCT id FROM (
        ${told("trace_id", nobody)}
        UNION ALL SELECT ifNull(trace_id, ''), '' FROM scores WHERE ${inProject} AND ${nobody}
      ) WHERE id IN (${own("trace_id")}) ORDER BY id`,
      params,
      options,
    ),
    store.query<{ event_id: string }>(
      `SELECT DISTINCT event_id FROM scores
      WHERE ${inProject} AND ifNull(user_id, '') != {user:String} AND (
        target_event_id IN (${calls}) OR ${nobody} AND session_id IN (${own("session_id")})
      )
      UNION ALL SELECT DISTINCT event_id FROM call_attempts
      WHERE ${inProject} AND call_id IN (${calls})`,
      params,
      options,
    ),
  ]);
  return {
    trace_ids: traces.map(({ id }) => id),
    about_ids: about.map(({ event_id }) => event_id),
  };
}

/** Characters of ids in one erasure: a value of the store holds 64 KiB, and a character has up to three bytes. */
const mostCharacters = 15_000;

/**
 * The erasures that take a user away with all that is related: one, or as many as the ids need.
 *
 * @example
 * ```ts
 * import { erasuresOfUser } from "@/core/retention/related.ts";
 * import { expect } from "expect";
 *
 * const trace_ids = Array.from({ length: 1_000 }, (_, i) => `trace-number-${i}`.padEnd(32));
 * const parts = erasuresOfUser("u_81", { trace_ids, about_ids: ["s_1"] });
 * expect(parts.flatMap((part) => "trace_ids" in part ? part.trace_ids : [])).toEqual(trace_ids);
 * expect(parts.length).toBe(3);
 * ```
 */
export function erasuresOfUser(user_id: string, related: Related): ErasureData[] {
  const parts: { user_id: string; trace_ids: string[]; about_ids: string[] }[] = [];
  let room = 0;
  for (const kind of ["trace_ids", "about_ids"] as const) {
    for (const id of related[kind]) {
      if (room < id.length || parts.length === 0) {
        parts.push({ user_id, trace_ids: [], about_ids: [] });
        room = mostCharacters;
      }
      room -= id.length;
      parts.at(-1)?.[kind].push(id);
    }
  }
  return parts.length === 0 ? [{ user_id }] : parts;
}
