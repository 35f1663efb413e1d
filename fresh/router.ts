/**
 * Finds what answers an address and a method. Fixed addresses are looked up first; patterns are
 * tried in the order in which they were added. The first registration of a method wins.
 *
 * @module
 */

/** The methods that can be routed. */
export type Method = "HEAD" | "GET" | "POST" | "PATCH" | "PUT" | "DELETE" | "OPTIONS";

/** Every method, for routes that answer all of them. */
export const ALL_METHODS: readonly Method[] = [
  "GET",
  "DELETE",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
];

/** What a lookup found; `item` is null when the address is known but not for this method. */
export interface Match<T> {
  item: T | null;
  params: Record<string, string>;
  pattern: string | null;
  allowed: Method[];
}

interface Entry<T> {
  pattern: string;
  matcher: URLPattern | null;
  byMethod: Map<Method, T>;
}

const PATTERN_SYNTAX = /[*:{}+?()]/;

/** A routing table. */
export class Router<T> {
  #entries = new Map<string, Entry<T>>();
  #patterns: Entry<T>[] = [];

  /** Adds one method of one address or pattern; a later duplicate is ignored. */
  add(method: Method, pattern: string, item: T): void {
    const entry = this.#entries.get(pattern) ?? this.#create(pattern);
    if (!entry.byMethod.has(method)) entry.byMethod.set(method, item);
  }

  /** Looks up a request. */
  match(method: string, url: URL): Match<T> {
    const fixed = this.#fixed(url.pathname);
    if (fixed !== undefined) return found(fixed, method, {});
    for (const entry of this.#patterns) {
      const result = entry.matcher?.exec(url);
      if (result) return found(entry, method, decodeGroups(result.pathname.groups));
    }
    return { item: null, params: {}, pattern: null, allowed: [] };
  }

  #create(pattern: string): Entry<T> {
    const isPattern = PATTERN_SYNTAX.test(pattern);
    const entry: Entry<T> = {
      pattern,
      matcher: isPattern ? new URLPattern({ pathname: pattern }) : null,
      byMethod: new Map(),
    };
    this.#entries.set(pattern, entry);
    if (isPattern) this.#patterns.push(entry);
    return entry;
  }

  /** A fixed address matches with and without a trailing slash. */
  #fixed(pathname: string): Entry<T> | undefined {
    const other = pathname.endsWith("/") ? pathname.slice(0, -1) : `${pathname}/`;
    for (const candidate of [pathname, other]) {
      const entry = this.#entries.get(candidate);
      if (entry !== undefined && entry.matcher === null) return entry;
    }
    return undefined;
  }
}

function found<T>(entry: Entry<T>, method: string, params: Record<string, string>): Match<T> {
  const methods: Map<string, T> = entry.byMethod;
  const own = methods.get(method);
  const item = own ?? (method === "HEAD" ? methods.get("GET") : undefined) ?? null;
  return {
    item,
    params: item === null ? {} : params,
    pattern: entry.pattern,
    allowed: [...entry.byMethod.keys()],
  };
}

function decodeGroups(groups: Record<string, string | undefined>): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(groups)) params[name] = decode(value ?? "");
  return params;
}

/** Decodes as `decodeURI`, which keeps an escaped slash apart from a real one. */
function decode(value: string): string {
  try {
    return decodeURI(value);
  } catch {
    return value;
  }
}
