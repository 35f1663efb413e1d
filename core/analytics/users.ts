/**
 * Users: what each one used and cost.
 *
 * @module
 */
import type { ReadOptions } from "./contract.ts";
import { groupSums, groupSumsOf, type GroupSumsRow } from "./group_sums.ts";
import { models } from "./models.ts";
import { instantOf, pageOf, type PageQuery, pagingOf, rangeParams, rangeSql } from "./page.ts";
import { sessions } from "./sessions.ts";
import { exact } from "./settings.ts";
import type { Store } from "./store.ts";
import type { User, UserPage, UserSummary } from "./trace_types.ts";

export interface UsersQuery extends PageQuery {
  readonly filters?: { readonly user_id?: readonly string[] | undefined };
}

interface UserRow extends GroupSumsRow {
  readonly user: string;
  readonly first_at: string;
  readonly last_at: string;
  readonly sessions: string;
}

const summary = `assumeNotNull(user_id) AS user,
  toUnixTimestamp64Milli(min(timestamp)) AS first_at, toUnixTimestamp64Milli(max(timestamp)) AS last_at,
  uniqExactIf(session_id, session_id != '') AS sessions, ${
  groupSums("true", "status != 'success'")
}`;

/** By the last time that each was seen. */
export async function users(
  store: Store,
  project: string,
  query: UsersQuery,
  options: ReadOptions,
): Promise<UserPage> {
  const paging = pagingOf(query, "last_at", "user");
  const only = query.filters?.user_id;
  const found = await store.query<UserRow>(
    `SELECT ${summary} FROM events_list
    WHERE project_id = {project:String} AND counted AND ${rangeSql} AND user_id != ''
      ${only ? "AND user_id IN {only_users:Array(String)}" : ""}
    GROUP BY user_id HAVING ${paging.having} ORDER BY ${paging.orderBy}`,
    {
      project,
      ...rangeParams(query.range),
      ...paging.params,
      ...(only && { only_users: only }),
    },
    { ...options, settings: exact },
  );
  const { rows, page } = pageOf(query, found, (row) => ({
    at: instantOf(row.last_at),
    id: row.user,
  }));
  return { ...page, users: rows.map(summaryOf) };
}

/** Null when the user made no call in the range. */
export async function user(
  store: Store,
  project: string,
  id: string,
  { range }: Pick<PageQuery, "range">,
  options: ReadOptions,
): Promise<User | null> {
  const filters = { user_id: [id] };
  const [found, used, latest] = await Promise.all([
    users(store, project, { range, limit: 1, filters }, options),
    models(store, project, range, filters, options),
    sessions(store, project, { range, limit: 50, filters }, options),
  ]);
  const [summary] = found.users;
  return summary ? { user: summary, models: used, sessions: latest.sessions } : null;
}

function summaryOf(row: UserRow): UserSummary {
  return {
    user_id: row.user,
    first_seen: instantOf(row.first_at),
    last_seen: instantOf(row.last_at),
    sessions: Number(row.sessions),
    ...groupSumsOf(row),
  };
}
