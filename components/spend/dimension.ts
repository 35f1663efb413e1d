/**
 * What spend can be divided by, and how a group of it is called and found among the requests.
 *
 * @module
 */
import { drillDown } from "../page_url.ts";
import { providerName } from "../readiness.ts";

export const dimensions = [
  { by: "model", label: "Model" },
  { by: "provider", label: "Provider" },
  { by: "user", label: "User" },
  { by: "session", label: "Session" },
  { by: "key", label: "Key" },
] as const;

export type Dimension = (typeof dimensions)[number]["by"] | `property.${string}`;

/** The dimension that a path names; null when there is none of this name. */
export function readDimension(text: string): Dimension | null {
  const known = dimensions.find(({ by }) => by === text);
  if (known) return known.by;
  return /^property\..{1,200}$/s.test(text) ? text as `property.${string}` : null;
}

/** `model`, or the property's own name. */
export function dimensionWord(by: Dimension): string {
  return by.replace(/^property\./, "");
}

export function spendPath(by: Dimension): string {
  return by === "model" ? "/dashboard/spend" : `/dashboard/spend/${encodeURIComponent(by)}`;
}

export function groupName(by: Dimension, group: string | null): string {
  if (group === null || group === "") return `no ${dimensionWord(by)}`;
  return by === "provider" ? providerName(group) : group;
}

const filterOf: Readonly<Record<string, string>> = {
  model: "model",
  provider: "provider",
  user: "user_id",
  session: "session_id",
};

/** The requests behind a group; null for those that no filter can find. */
export function groupHref(
  url: URL,
  by: Dimension,
  { group, provider }: { readonly group: string | null; readonly provider?: string | null },
): string | null {
  const filter = by.startsWith("property.") ? by : filterOf[by];
  if (!filter || !group) return null;
  return drillDown("/dashboard/requests", url, {
    [filter]: group,
    ...(by === "model" && provider && { provider }),
  });
}
