/**
 * The pages of one part of the dashboard, as tabs that are links.
 *
 * @module
 */
import { otherPage } from "./page_url.ts";

export interface Tab {
  readonly path: string;
  readonly label: string;
}

export function TabBar({ name, tabs, url }: { name: string; tabs: readonly Tab[]; url: URL }) {
  return (
    <nav class="tab-bar spaced" aria-label={name}>
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
