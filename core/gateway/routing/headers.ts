/**
 * What a request says about its own route: our headers and the peers' for the same. The table is the
 * documentation; nothing else knows these names.
 *
 * @module
 */
import { AppError } from "../../error.ts";
import type { RawHeader } from "../../cache/options.ts";
import { headerText } from "../attributes.ts";
import { parseJson } from "../../json.ts";
import { heliconeFallbacks } from "./helicone.ts";
import {
  defaultRetryStatuses,
  headerRoutingSchema,
  type RetrySettings,
  type RoutingSettings,
} from "./settings.ts";

export type Family = "helicone" | "cloudflare" | "portkey" | "litellm";

/** What the headers say, before it is joined with the project's settings. */
export interface HeaderRoute {
  /** A whole configuration, in place of the project's; null without one. */
  config: RoutingSettings | null;
  /** The header that brought it. */
  source: string | null;
  retry: Partial<RetrySettings> | null;
  /** `Helicone-Retry-Enabled: false` turns retries off whatever else is said. */
  retriesOff: boolean;
  timeouts: {
    request_timeout?: number;
    first_byte_timeout?: number;
    idle_timeout?: number;
    /** For streams, in place of the first (LiteLLM). */
    stream_timeout?: number;
  };
  readonly families: Family[];
}

interface Row {
  readonly family?: Family;
  /** What the value must be, for the error that names the header. */
  readonly expected: string;
  /** False when the value cannot be read. */
  readonly apply: (to: HeaderRoute, value: string) => boolean;
}

function number(min: number, max: number, set: (to: HeaderRoute, value: number) => void): Row {
  return {
    expected: `a number from ${min} to ${max}`,
    apply(to, value) {
      const read = Number(value.trim());
      if (value.trim() === "" || !(read >= min && read <= max)) return false;
      set(to, read);
      return true;
    },
  };
}

const hour = 3_600_000;
const wait = (set: (to: HeaderRoute, value: number) => void) => number(1, hour, set);
const seconds = (set: (to: HeaderRoute, value: number) => void) =>
  number(0.001, 3_600, (to, value) => set(to, Math.ceil(value * 1_000)));
const of = (family: Family, row: Row): Row => ({ ...row, family });
const retry = (to: HeaderRoute, more: Partial<RetrySettings>): void => {
  to.retry = { ...to.retry, ...more };
};
const retries = (set = (value: number) => value): Row =>
  number(0, 5, (to, value) => retry(to, { attempts: Math.max(0, Math.floor(set(value))) }));

function config(header: string): Row {
  return {
    expected: 'JSON such as {"strategy":{"mode":"fallback"},"targets":[{"provider":"openai"}]}',
    apply(to, value) {
      // An id means a configuration that is stored: the project's own.
      if (header === "x-portkey-config" && /^[\w.-]{1,100}$/.test(value.trim())) return true;
      const parsed = parseJson(headerText(value));
      if (parsed === undefined) return false;
      const read = headerRoutingSchema.safeParse(parsed);
      if (!read.success) {
        const [issue] = read.error.issues;
        throw new AppError("invalid_header", {
          header,
          field: issue?.path.map(String).join(".") ?? "",
          expected: issue?.message ?? "",
        });
      }
      to.config ??= read.data;
      to.source ??= header;
      return true;
    },
  };
}

const enabled: Row = {
  expected: "true or false",
  apply(to, value) {
    const word = value.trim().toLowerCase();
    if (!/^(?:true|false|1|0|yes|no)$/.test(word)) return false;
    if (/^(?:false|0|no)$/.test(word)) to.retriesOff = true;
    // Helicone's own defaults: five retries, from one to ten seconds apart.
    else to.retry = { attempts: 5, min_delay: 1_000, max_delay: 10_000, factor: 2, ...to.retry };
    return true;
  },
};

const backoff: Row = {
  expected: "constant, linear or exponential",
  apply(to, value) {
    const word = value.trim().toLowerCase();
    if (!/^(?:constant|linear|exponential)$/.test(word)) return false;
    // Between constant and doubling there is nothing that a second and third retry could tell apart.
    retry(to, { factor: word === "constant" ? 1 : word === "linear" ? 1.5 : 2, jitter: false });
    return true;
  },
};

const statusList: Row = {
  expected: "statuses such as 429,503 or [429,503]",
  apply(to, value) {
    const codes = value.replace(/^\s*\[|\]\s*$/g, "").split(",").map((one) => Number(one.trim()));
    if (!codes.every((one) => Number.isInteger(one) && one >= 300 && one <= 599)) return false;
    retry(to, { on_status_codes: codes });
    return true;
  },
};

/** By name in lower case, ours first: where two say different things, the upper one holds. */
export const routingHeaders: Readonly<Record<string, Row>> = {
  "x-watchllm-route": config("x-watchllm-route"),
  "x-watchllm-retries": retries(),
  "x-watchllm-timeout": wait((to, value) => to.timeouts.request_timeout ??= value),
  "x-watchllm-first-byte-timeout": wait((to, value) => to.timeouts.first_byte_timeout ??= value),
  "x-watchllm-idle-timeout": wait((to, value) => to.timeouts.idle_timeout ??= value),

  "x-portkey-config": of("portkey", config("x-portkey-config")),
  "x-portkey-retry-count": of("portkey", retries()),
  "x-portkey-request-timeout": of(
    "portkey",
    wait((to, value) => to.timeouts.request_timeout ??= value),
  ),

  "helicone-fallbacks": of("helicone", {
    expected: 'JSON such as [{"target-url":"https://api.openai.com","headers":{},"onCodes":[429]}]',
    apply(to, value) {
      const read = heliconeFallbacks(headerText(value));
      if (!read) return false;
      to.config ??= read;
      to.source ??= "helicone-fallbacks";
      return true;
    },
  }),
  "helicone-retry-num": of("helicone", retries()),
  "helicone-retry-factor": of(
    "helicone",
    number(1, 10, (to, value) => retry(to, { factor: value })),
  ),
  "helicone-retry-min-timeout": of(
    "helicone",
    wait((to, value) => retry(to, { min_delay: value })),
  ),
  "helicone-retry-max-timeout": of(
    "helicone",
    wait((to, value) => retry(to, { max_delay: value })),
  ),
  "helicone-retry-enabled": of("helicone", enabled),

  // Attempts, the first one included.
  "cf-aig-max-attempts": of("cloudflare", retries((value) => value - 1)),
  "cf-aig-retry-delay": of(
    "cloudflare",
    number(1, 5_000, (to, value) => retry(to, { min_delay: value, jitter: false })),
  ),
  "cf-aig-backoff": of("cloudflare", backoff),
  "cf-aig-request-timeout": of(
    "cloudflare",
    wait((to, value) => to.timeouts.first_byte_timeout ??= value),
  ),

  "x-litellm-num-retries": of("litellm", retries()),
  "x-litellm-retry-status-codes": of("litellm", statusList),
  "x-litellm-timeout": of("litellm", seconds((to, value) => to.timeouts.request_timeout ??= value)),
  "x-litellm-stream-timeout": of(
    "litellm",
    seconds((to, value) => to.timeouts.stream_timeout ??= value),
  ),
};

const order = new Map(Object.keys(routingHeaders).map((name, place) => [name, place]));

/**
 * @throws {AppError} `invalid_header` naming a header whose value cannot be read
 *
 * @example
 * ```ts
 * import { readRoutingHeaders } from "@/core/gateway/routing/headers.ts";
 * import { expect } from "expect";
 *
 * const route = readRoutingHeaders([["x-portkey-retry-count", "3"], ["x-litellm-timeout", "20"]]);
 * expect(route).toMatchObject({
 *   retry: { attempts: 3 },
 *   timeouts: { request_timeout: 20_000 },
 *   families: ["portkey", "litellm"],
 * });
 * expect(() => readRoutingHeaders([["cf-aig-max-attempts", "many"]])).toThrow();
 * ```
 */
export function readRoutingHeaders(headers: readonly RawHeader[]): HeaderRoute {
  const route: HeaderRoute = {
    config: null,
    source: null,
    retry: null,
    retriesOff: false,
    timeouts: {},
    families: [],
  };
  const sorted = [...headers].sort(([a], [b]) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  for (const [name, value] of sorted) {
    const row = Object.hasOwn(routingHeaders, name) ? routingHeaders[name] : undefined;
    if (!row) continue;
    // Ours come first and are not overwritten by a peer's.
    const before = route.retry;
    if (!row.apply(route, value)) {
      throw new AppError("invalid_header", { header: name, expected: row.expected });
    }
    if (before && route.retry) route.retry = { ...route.retry, ...before };
    if (row.family && !route.families.includes(row.family)) route.families.push(row.family);
  }
  return route;
}

/** The configuration that holds for a request; null for none. */
export function routeWith(
  project: RoutingSettings | null,
  headers: HeaderRoute | null,
  stream: boolean,
): RoutingSettings | null {
  if (!headers) return project;
  const { stream_timeout, ...timeouts } = headers.timeouts;
  if (stream && stream_timeout !== undefined) timeouts.request_timeout = stream_timeout;
  const retrying = headers.retriesOff || headers.retry !== null;
  const base = headers.config ?? project;
  if (!base && !retrying && Object.keys(timeouts).length === 0) return null;
  const plain = base ?? headerRoutingSchema.parse({});
  return {
    ...plain,
    ...timeouts,
    ...(headers.retriesOff
      ? { retry: { ...defaultRetry, attempts: 0 } }
      : headers.retry && { retry: { ...(plain.retry ?? defaultRetry), ...headers.retry } }),
  };
}

const defaultRetry: RetrySettings = {
  attempts: 0,
  on_status_codes: [...defaultRetryStatuses],
  use_retry_after_headers: true,
  min_delay: 500,
  max_delay: 8_000,
  factor: 2,
  jitter: true,
};
