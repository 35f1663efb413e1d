/**
 * Addresses of assets, locked to the current build by a query parameter. A locked address may be
 * cached for a year, because the next build has another one.
 *
 * @module
 */
import { buildId } from "./build_id.ts";

/** The query parameter that carries the build's identity. */
export const BUILD_PARAMETER = "__frsh_c";

/** Locks a root-relative address; any other address is returned as it is. */
export function lockAsset(path: string, basePath = ""): string {
  if (!path.startsWith("/") || path.startsWith("//")) return path;
  const base = "https://asset.invalid";
  if (!URL.canParse(path, base)) return path;
  const url = new URL(path, base);
  if (url.origin !== base || url.searchParams.has(BUILD_PARAMETER)) return path;
  url.searchParams.set(BUILD_PARAMETER, buildId());
  const prefix = basePath === "/" ? "" : basePath;
  return prefix + url.pathname + url.search + url.hash;
}

/** Locks every address of a `srcset` attribute; one it can't read is returned as it is. */
export function lockSrcSet(srcset: string, basePath = ""): string {
  // A parenthesis means a comma may stand inside an address.
  if (srcset.includes("(")) return srcset;
  const candidates = srcset.split(",");
  if (candidates.some((candidate) => candidate.trim() === "")) return srcset;
  return candidates.map((candidate) =>
    candidate.replace(/^(\s*)(\S+)/, (_all, space: string, address: string) => {
      return space + lockAsset(address, basePath);
    })
  ).join(",");
}
