/**
 * The cache's pages: what it did, and what it holds.
 *
 * @module
 */
import { TabBar } from "../tab_bar.tsx";

const tabs = [
  { path: "/dashboard/cache", label: "What it did" },
  { path: "/dashboard/cache/entries", label: "Stored answers" },
];

export function CacheTabs({ url }: { url: URL }) {
  return <TabBar name="Cache" tabs={tabs} url={url} />;
}
