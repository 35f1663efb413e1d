/**
 * The pages of the dashboard, as the sidebar and the command palette list them.
 *
 * @module
 */
import type { IconName } from "../icon.tsx";

export interface Entry {
  readonly path: string;
  readonly label: string;
  readonly icon: IconName;
}

export interface Group {
  readonly title: string;
  readonly entries: readonly Entry[];
}

export const groups: readonly Group[] = [
  {
    title: "Cost savings",
    entries: [
      { path: "/dashboard", label: "Overview", icon: "overview" },
      { path: "/dashboard/spend", label: "Spend", icon: "spend" },
      { path: "/dashboard/cache", label: "Cache", icon: "cache" },
    ],
  },
  {
    title: "Observability",
    entries: [
      { path: "/dashboard/requests", label: "Requests", icon: "requests" },
      { path: "/dashboard/traces", label: "Traces", icon: "traces" },
      { path: "/dashboard/sessions", label: "Sessions", icon: "sessions" },
      { path: "/dashboard/users", label: "Users", icon: "users" },
      { path: "/dashboard/models", label: "Models", icon: "models" },
    ],
  },
  {
    title: "Settings",
    entries: [{ path: "/dashboard/settings", label: "Settings", icon: "settings" }],
  },
];

/** Whether a page is an entry's own, or one below it. */
export function isBelow(entry: Entry, pathname: string): boolean {
  return entry.path === "/dashboard"
    ? pathname === entry.path
    : pathname === entry.path || pathname.startsWith(`${entry.path}/`);
}
