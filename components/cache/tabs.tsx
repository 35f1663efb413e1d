/**
 * The cache's pages: what it did, and what it holds.
 *
 * @module
 */
import { otherPage } from "../page_url.ts";

const tabs = [
  { path: "/dashboard/cache", label: "What it did" },
  { path: "/dashboard/cache/entries", label: "Stored answers" },
];

export function CacheTabs({ url }: { url: URL }) {
  return (
    <nav class="tab-bar spaced" aria-label="Cache">
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
