/**
 * A view's whole state is in its address, so that a link shows the same view. Links keep what they do
 * not change.
 *
 * @module
 */

/** The parameters that every page of the dashboard understands. */
const kept = ["project", "range", "from", "to", "compare", "live", "every"] as const;
type Kept = (typeof kept)[number];

/** Names of filters: those of the analytics API, and `property.<name>`. */
const filterNames = new Set([
  "status",
  "provider",
  "model",
  "user_id",
  "session_id",
  "trace_id",
  "key_id",
  "provider_key_id",
  "cache",
  "type",
  "endpoint",
  "q",
  "cost_min",
  "cost_max",
  "latency_min",
  "latency_max",
]);

/** Changes of an address by name; null removes, several values repeat the name. */
export type Change = Readonly<Record<string, string | readonly string[] | null>>;

/**
 * A link to this page with some parameters changed; null removes one. It begins with `?`: Fresh takes
 * a link with this page's path for the current page and would mark each of them so. A page's own
 * parameters and filters are kept as well.
 *
 * @example
 * ```ts
 * import { sameView } from "@/components/page_url.ts";
 * import { expect } from "expect";
 *
 * const url = new URL("http://here/dashboard?range=7d&model=gpt-4o&noise=1");
 * expect(sameView(url, { live: "off" })).toBe("?range=7d&live=off&model=gpt-4o");
 * ```
 */
export function sameView(url: URL, change: Change): string {
  return `?${query(url, change, true)}`;
}

/** Another page of the dashboard, looked at in the same way, without this page's filters. */
export function otherPage(path: string, url: URL, change: Change = {}): string {
  const text = query(url, change, false);
  return text ? `${path}?${text}` : path;
}

/**
 * Another page with this page's filters and more: what a click on a figure leads to.
 *
 * @example
 * ```ts
 * import { drillDown } from "@/components/page_url.ts";
 * import { expect } from "expect";
 *
 * const url = new URL("http://here/dashboard?range=7d&provider=openai");
 * expect(drillDown("/dashboard/requests", url, { status: "error" }))
 *   .toBe("/dashboard/requests?range=7d&provider=openai&status=error");
 * ```
 */
export function drillDown(path: string, url: URL, change: Change): string {
  const text = query(url, change, true);
  return text ? `${path}?${text}` : path;
}

/**
 * A text as a part of a path. Half of a pair has no place in an address: it becomes the mark for that.
 *
 * @example
 * ```ts
 * import { pathPart } from "@/components/page_url.ts";
 * import { expect } from "expect";
 *
 * expect(pathPart("a/b\ud800")).toBe("a%2Fb%EF%BF%BD");
 * ```
 */
export function pathPart(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Whether a parameter filters, as opposed to saying how the page is looked at. */
export function isFilterName(name: string): boolean {
  return filterNames.has(name) || name.startsWith("property.");
}

/** The filters of an address as the analytics API takes them. */
export function filterQuery(params: URLSearchParams): Record<string, string | string[]> {
  const filters: Record<string, string | string[]> = {};
  for (const name of new Set(params.keys())) {
    if (!isFilterName(name)) continue;
    const values = params.getAll(name).filter((value) => value !== "");
    if (values.length > 0) filters[name] = values.length === 1 ? values[0] ?? "" : values;
  }
  return filters;
}

function query(url: URL, change: Change, withFilters: boolean): string {
  const params = new URLSearchParams();
  const put = (name: string, values: readonly string[]) => {
    for (const value of values) if (value !== "") params.append(name, value);
  };
  // A range by its length and one by its ends exclude each other.
  const dropped = new Set(
    change.range ? ["from", "to"] : change.from ? ["range"] : [],
  );
  const valuesOf = (name: string): readonly string[] => {
    if (!(name in change)) {
      return dropped.has(name) ? [] : url.searchParams.getAll(name).slice(0, 50);
    }
    const value = change[name] ?? [];
    return typeof value === "string" ? [value] : value;
  };
  for (const name of kept satisfies readonly Kept[]) put(name, valuesOf(name).slice(0, 1));
  const others = new Set([
    ...(withFilters ? [...url.searchParams.keys()].filter(isFilterName) : []),
    // `includes` asks for one of the list's own names; here it is asked whether it is one.
    ...Object.keys(change).filter((name) => !(kept as readonly string[]).includes(name)),
  ]);
  for (const name of others) put(name, valuesOf(name));
  return params.toString();
}
