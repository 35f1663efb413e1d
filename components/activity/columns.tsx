/**
 * What stands in the lists of traces, sessions, users and models.
 *
 * @module
 */
import type {
  ModelSummary,
  SessionSummary,
  TraceSummary,
  UserSummary,
} from "@/core/analytics/trace_types.ts";
import { formatDuration } from "../format.ts";
import type { ListColumn } from "../list_table.tsx";
import { providerName } from "../readiness.ts";
import { VisibleText } from "../visible_text.tsx";
import type { Zone } from "../zone.ts";
import {
  CostCell,
  CountCell,
  ErrorsCell,
  FailedCell,
  IdCell,
  Moment,
  Named,
  NamesCell,
  type Sums,
  TokensCell,
} from "./cells.tsx";

interface When {
  /** ISO UTC: times of its day are written without the day. */
  readonly now: string;
  readonly zone: Zone;
}

const sums: readonly ListColumn<Sums>[] = [
  { label: "Calls", right: true, cell: ({ calls }) => <CountCell count={calls} /> },
  { label: "Tokens", right: true, minor: true, cell: (row) => <TokensCell {...row} /> },
  { label: "Cost", right: true, cell: (row) => <CostCell {...row} /> },
];

const errors: ListColumn<{ readonly errors: number }> = {
  label: "Errors",
  minor: true,
  cell: (row) => <ErrorsCell errors={row.errors} />,
};

const failed: ListColumn<Sums & { readonly errors: number }> = {
  label: "Failed",
  minor: true,
  right: true,
  cell: (row) => <FailedCell errors={row.errors} calls={row.calls} />,
};

/** What a list is of already: a column of it would say the same in each row. */
export type Within = "session" | "user";

/** @param within the session that all are of, if they are of one */
export function traceColumns(
  { now, zone }: When,
  within?: Within,
): readonly ListColumn<TraceSummary>[] {
  return [
    {
      label: "Trace",
      cell: ({ name, errors }) => (
        <Named errors={errors}>
          <VisibleText text={name || "unnamed"} most={120} />
        </Named>
      ),
    },
    { label: "Began", cell: ({ start }) => <Moment at={start} now={now} zone={zone} /> },
    { label: "Took", right: true, cell: ({ duration_ms }) => formatDuration(duration_ms) },
    errors,
    { label: "Spans", right: true, minor: true, cell: ({ spans }) => <CountCell count={spans} /> },
    {
      label: "Tools",
      right: true,
      minor: true,
      cell: ({ tool_calls }) => <CountCell count={tool_calls} />,
    },
    ...sums,
    { label: "Models", minor: true, cell: ({ models }) => <NamesCell names={models} /> },
    ...within ? [] : [traceUser],
  ];
}

const traceUser: ListColumn<TraceSummary> = {
  label: "User",
  minor: true,
  cell: ({ user_id }) => <IdCell id={user_id} />,
};

const sessionUsers: ListColumn<SessionSummary> = {
  label: "Users",
  minor: true,
  cell: ({ users }) => <NamesCell names={users} />,
};

/** @param within the user that all are of, if they are of one */
export function sessionColumns(
  { now, zone }: When,
  within?: Within,
): readonly ListColumn<SessionSummary>[] {
  return [
    {
      label: "Session",
      cell: ({ session_id, errors }) => (
        <Named errors={errors}>
          <IdCell id={session_id} />
        </Named>
      ),
    },
    { label: "Began", cell: ({ start }) => <Moment at={start} now={now} zone={zone} /> },
    {
      label: "Lasted",
      right: true,
      minor: true,
      cell: ({ duration_ms }) => formatDuration(duration_ms),
    },
    errors,
    {
      label: "Traces",
      right: true,
      minor: true,
      cell: ({ traces }) => <CountCell count={traces} />,
    },
    ...sums,
    ...within ? [] : [sessionUsers],
    { label: "Models", minor: true, cell: ({ models }) => <NamesCell names={models} /> },
  ];
}

export function userColumns({ now, zone }: When): readonly ListColumn<UserSummary>[] {
  return [
    { label: "User", cell: ({ user_id }) => <IdCell id={user_id} /> },
    {
      label: "Last seen",
      cell: ({ last_seen }) => <Moment at={last_seen} now={now} zone={zone} />,
    },
    {
      label: "First seen",
      minor: true,
      cell: ({ first_seen }) => <Moment at={first_seen} now={now} zone={zone} />,
    },
    {
      label: "Sessions",
      right: true,
      minor: true,
      cell: ({ sessions }) => <CountCell count={sessions} />,
    },
    failed,
    ...sums,
  ];
}

export function modelColumns({ now, zone }: When): readonly ListColumn<ModelSummary>[] {
  const duration = (ms: number | null) =>
    ms === null ? <span class="muted">none</span> : formatDuration(ms);
  return [
    {
      label: "Model",
      cell: ({ model }) => <VisibleText text={model || "none named"} most={120} />,
    },
    { label: "Provider", minor: true, cell: ({ provider }) => providerName(provider) },
    failed,
    ...sums,
    { label: "Latency, p95", right: true, cell: ({ p95_latency_ms }) => duration(p95_latency_ms) },
    {
      label: "First token",
      right: true,
      minor: true,
      cell: ({ p50_ttft_ms }) => duration(p50_ttft_ms),
    },
    {
      label: "Cache hits",
      right: true,
      minor: true,
      cell: ({ cache_hits }) => <CountCell count={cache_hits} />,
    },
    {
      label: "Last seen",
      minor: true,
      cell: ({ last_seen }) => <Moment at={last_seen} now={now} zone={zone} />,
    },
  ];
}
