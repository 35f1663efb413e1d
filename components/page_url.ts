/**
 * A view's whole state is in its address, so that a link shows the same view. Links keep what they do
 * not change.
 *
 * @module
 */

/** The parameters that every page of the dashboard understands. */
const kept = ["project", "range", "live"] as const;
type Kept = (typeof kept)[number];

/**
 * A link to this page with some parameters changed; null removes one. It begins with `?`: Fresh takes
 * a link with this page's path for the current page and would mark each of them so.
 *
 * @example
 * ```ts
 * import { sameView } from "@/components/page_url.ts";
 * import { expect } from "expect";
 *
 * const url = new URL("http://here/dashboard?range=7d&noise=1");
 * expect(sameView(url, { live: "off" })).toBe("?range=7d&live=off");
 * ```
 */
export function sameView(url: URL, change: Readonly<Partial<Record<Kept, string | null>>>): string {
  return `?${query(url, change)}`;
}

/** Another page of the dashboard, looked at in the same way. */
export function otherPage(path: string, url: URL): string {
  const kept = query(url, {});
  return kept ? `${path}?${kept}` : path;
}

function query(url: URL, change: Readonly<Partial<Record<Kept, string | null>>>): string {
  const params = new URLSearchParams();
  for (const name of kept) {
    const value = name in change ? change[name] : url.searchParams.get(name);
    if (value) params.set(name, value);
  }
  return params.toString();
}
