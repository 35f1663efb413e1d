/**
 * The pages of the settings.
 *
 * @module
 */
import { TabBar } from "../tab_bar.tsx";

export const settingsPages = [
  { path: "/dashboard/settings/keys", label: "Project keys" },
  { path: "/dashboard/settings/providers", label: "Providers" },
  { path: "/dashboard/settings/prices", label: "Prices" },
  { path: "/dashboard/settings/routing", label: "Routing" },
  { path: "/dashboard/settings/cache", label: "Cache" },
  { path: "/dashboard/settings/limits", label: "Limits and budgets" },
  { path: "/dashboard/settings/retention", label: "Retention" },
  { path: "/dashboard/settings/health", label: "Health" },
];

export function SettingsTabs({ url }: { url: URL }) {
  return <TabBar name="Settings" tabs={settingsPages} url={url} />;
}
