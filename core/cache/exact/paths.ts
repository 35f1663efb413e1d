/**
 * Hashes of a body's single values by path, so that a miss can name the field that differs without the
 * other request being kept. They serve explanations alone: no answer is found by them.
 *
 * @module
 */
import { canonicalJson, ExactNumber } from "../canonical_json.ts";
import { volatileFields } from "../volatile.ts";

/** Values of one body that are told apart; what lies beyond is told by its part's name. */
export const mostPaths = 48;
const longestPath = 160;

/** Path → hash. */
export type PathHashes = ReadonlyMap<string, number>;

/** Hashes the values of a body, the outermost first. */
export function pathHashes(body: unknown): PathHashes {
  const found = new Map<string, number>();
  let level: [string, unknown][] = [["", body]];
  while (level.length > 0) {
    const next: [string, unknown][] = [];
    for (const [path, value] of level) {
      const members = membersOf(path, value);
      if (members && found.size + next.length + members.length <= mostPaths) next.push(...members);
      else if (path.length <= longestPath) found.set(path, hash53(canonicalJson(value)));
    }
    level = next;
  }
  return found;
}

function membersOf(path: string, value: unknown): [string, unknown][] | null {
  if (typeof value !== "object" || value === null || value instanceof ExactNumber) return null;
  const entries = Object.entries(value);
  if (entries.length === 0) return null;
  if (Array.isArray(value)) return entries.map(([i, item]) => [`${path}[${i}]`, item]);
  return entries
    .filter(([name]) => path !== "" || !volatileFields.has(name))
    .map(([name, member]) => [path === "" ? name : `${path}.${name}`, member]);
}

/** The paths whose values differ, or that only one of the two has; at most a few. */
export function differing(a: PathHashes, b: PathHashes, most = 8): string[] {
  const paths: string[] = [];
  for (const [path, hash] of a) {
    if (b.get(path) !== hash) paths.push(path);
  }
  for (const path of b.keys()) {
    if (!a.has(path)) paths.push(path);
  }
  return paths.slice(0, most);
}

/** 53 bits that spread well (cyrb53): enough to tell two values of one field apart for people. */
function hash53(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
