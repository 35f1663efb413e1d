/**
 * The pages of the settings.
 *
 * @module
 */
import { otherPage } from "../page_url.ts";

const tabs = [
  { path: "/dashboard/settings", label: "Project keys" },
  { path: "/dashboard/settings/providers", label: "Providers" },
  { path: "/dashboard/settings/prices", label: "Prices" },
  { path: "/dashboard/settings/routing", label: "Routing" },
  { path: "/dashboard/settings/cache", label: "Cache" },
  { path: "/dashboard/settings/limits", label: "Limits and budgets" },
  { path: "/dashboard/settings/health", label: "Health" },
];

export function SettingsTabs({ url }: { url: URL }) {
  return (
    <nav class="tab-bar spaced" aria-label="Settings">
      <ul role="list">
        {tabs.map(({ path, label }) => (
          <li key={path}>
            <a
              class="tab"
              href={otherPage(path, url)}
              {...(url.pathname === path && { "aria-current": "page" as const })}
            >
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
