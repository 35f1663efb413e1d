/**
 * A list of traces, sessions, users or models, with times in the viewer's zone.
 *
 * @module
 */
import type {
  ModelSummary,
  SessionSummary,
  TraceSummary,
  UserSummary,
} from "@/core/analytics/trace_types.ts";
import {
  modelColumns,
  sessionColumns,
  traceColumns,
  userColumns,
  type Within,
} from "@/components/activity/columns.tsx";
import { ListTable } from "@/components/list_table.tsx";
import { drillDown, otherPage, pathPart } from "@/components/page_url.ts";
import type { Zone } from "@/components/zone.ts";
import { useZone } from "@/components/use_zone.ts";

export type ActivityRows =
  | { readonly of: "traces"; readonly rows: readonly TraceSummary[] }
  | { readonly of: "sessions"; readonly rows: readonly SessionSummary[] }
  | { readonly of: "users"; readonly rows: readonly UserSummary[] }
  | { readonly of: "models"; readonly rows: readonly ModelSummary[] };

interface ActivityListProps {
  readonly list: ActivityRows;
  /** ISO UTC of the moment that the rows are from. */
  readonly readAt: string;
  readonly url: URL;
  /** Set on a page that is about one session or user. */
  readonly within?: Within;
}

export function ActivityList(props: ActivityListProps) {
  const { list, url, within } = props;
  const zone = useZone();
  const table = <ActivityTable {...props} zone={zone} />;
  if (within) return table;
  const other = elsewhere[list.of];
  return (
    <>
      <p class="list-head small muted">
        <span>{`${orders[list.of]}, times in ${zone}`}</span>
        {other && <a href={otherPage(other.path, url)}>{other.label}</a>}
      </p>
      {table}
    </>
  );
}

const orders: Readonly<Record<ActivityRows["of"], string>> = {
  traces: "Latest first",
  sessions: "Latest first",
  users: "Last seen first",
  models: "By cost",
};

/** The same by what it cost, for those who come for the money. */
const elsewhere: Partial<Record<ActivityRows["of"], { path: string; label: string }>> = {
  sessions: { path: "/dashboard/spend/session", label: "Sessions by spend" },
  users: { path: "/dashboard/spend/user", label: "Users by spend" },
  models: { path: "/dashboard/spend", label: "Their spend over time" },
};

function ActivityTable({ list, readAt, url, within, zone }: ActivityListProps & { zone: Zone }) {
  const when = { now: readAt, zone };
  switch (list.of) {
    case "traces":
      return (
        <ListTable
          caption="Traces, latest first"
          rows={list.rows}
          columns={traceColumns(when, within)}
          keyOf={({ trace_id }) => trace_id}
          hrefOf={({ trace_id }) => otherPage(`/dashboard/traces/${pathPart(trace_id)}`, url)}
        />
      );
    case "sessions":
      return (
        <ListTable
          caption="Sessions, latest first"
          rows={list.rows}
          columns={sessionColumns(when, within)}
          keyOf={({ session_id }) => session_id}
          hrefOf={({ session_id }) => otherPage(`/dashboard/sessions/${pathPart(session_id)}`, url)}
        />
      );
    case "users":
      return (
        <ListTable
          caption="Users, last seen first"
          rows={list.rows}
          columns={userColumns(when)}
          keyOf={({ user_id }) => user_id}
          hrefOf={({ user_id }) => otherPage(`/dashboard/users/${pathPart(user_id)}`, url)}
        />
      );
    case "models":
      return (
        <ListTable
          caption="Models, by cost"
          rows={list.rows.toSorted((a, b) => Number(b.cost_usd) - Number(a.cost_usd))}
          columns={modelColumns(when)}
          keyOf={({ provider, model }) => `${provider}/${model}`}
          hrefOf={({ provider, model }) =>
            drillDown("/dashboard/requests", url, { provider, model })}
        />
      );
  }
}
