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
} from "@/components/activity/columns.tsx";
import { ListTable } from "@/components/list_table.tsx";
import { drillDown, otherPage, pathPart } from "@/components/page_url.ts";
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
}

export function ActivityList({ list, readAt, url }: ActivityListProps) {
  const zone = useZone();
  const when = { now: readAt, zone };
  switch (list.of) {
    case "traces":
      return (
        <ListTable
          caption="Traces, latest first"
          rows={list.rows}
          columns={traceColumns(when)}
          keyOf={({ trace_id }) => trace_id}
          hrefOf={({ trace_id }) => otherPage(`/dashboard/traces/${pathPart(trace_id)}`, url)}
        />
      );
    case "sessions":
      return (
        <ListTable
          caption="Sessions, latest first"
          rows={list.rows}
          columns={sessionColumns(when)}
          keyOf={({ session_id }) => session_id}
          hrefOf={({ session_id }) => otherPage(`/dashboard/sessions/${pathPart(session_id)}`, url)}
        />
      );
    case "users":
      return (
        <ListTable
          caption="Users, latest first"
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
          rows={list.rows}
          columns={modelColumns(when)}
          keyOf={({ provider, model }) => `${provider}/${model}`}
          hrefOf={({ provider, model }) =>
            drillDown("/dashboard/requests", url, { provider, model })}
        />
      );
  }
}
