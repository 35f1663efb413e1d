/**
 * What spend can be divided by, and how a group of it is called and found among the requests.
 *
 * @module
 */
import { filterValueName, type KeyNames, noKeyNames } from "../key_names.ts";
import { drillDown } from "../page_url.ts";
import { providerName } from "../readiness.ts";

export const dimensions = [
  { by: "model", label: "Model" },
  { by: "provider", label: "Provider" },
  { by: "user", label: "User" },
  { by: "session", label: "Session" },
  { by: "key", label: "Project key" },
  { by: "provider_key", label: "Provider key" },
] as const;

export type Dimension = (typeof dimensions)[number]["by"] | `property.${string}`;

/** The dimension that a path names; null when there is none of this name. */
export function readDimension(text: string): Dimension | null {
  const known = dimensions.find(({ by }) => by === text);
  if (known) return known.by;
  return /^property\..{1,200}$/s.test(text) ? text as `property.${string}` : null;
}

/** `model`, `project key`, or the property's own name. */
export function dimensionWord(by: Dimension): string {
  const known = dimensions.find((one) => one.by === by);
  return known ? known.label.toLowerCase() : by.replace(/^property\./, "");
}

export function spendPath(by: Dimension): string {
  return by === "model" ? "/dashboard/spend" : `/dashboard/spend/${encodeURIComponent(by)}`;
}

export function groupName(
  by: Dimension,
  group: string | null,
  names: KeyNames = noKeyNames,
): string {
  if (group === null || group === "") {
    return by === "provider_key" ? "no key of the vault" : `no ${dimensionWord(by)}`;
  }
  return by === "provider"
    ? providerName(group)
    : filterValueName(names, filterOf[by] ?? "", group);
}

const filterOf: Readonly<Record<string, string>> = {
  model: "model",
  provider: "provider",
  user: "user_id",
  session: "session_id",
  key: "key_id",
  provider_key: "provider_key_id",
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
