/**
 * Helicone's `Helicone-RateLimit-Policy` header: a limit that a request brings itself,
 * `[quota];w=[seconds];u=[request|cents];s=[user|<property>]`. Windows are fixed, not sliding.
 *
 * @module
 */
import { AppError } from "../error.ts";
import type { Limit } from "./policy.ts";

const heliconeHeader = "helicone-ratelimit-policy";

const form = /^(\d{1,12})((?:\s*;\s*[wus]\s*=\s*[A-Za-z0-9_-]{1,64})+)$/;
const centAmount = 10n ** 10n;
/** A year of 366 days. */
const longest = 31_622_400;

/**
 * @throws {AppError} `invalid_header` when it cannot be read
 *
 * @example
 * ```ts
 * import { heliconeLimit } from "@/core/limits/helicone.ts";
 * import { expect } from "expect";
 *
 * expect(heliconeLimit("500;w=3600;u=cents;s=user")).toMatchObject({
 *   scope: "user",
 *   unit: "usd",
 *   quota: 5_000_000_000_000n,
 *   window: 3_600,
 * });
 * ```
 */
export function heliconeLimit(header: string): Limit {
  const [, quotaText = "", rest = ""] = form.exec(header.trim()) ?? fail();
  const fields = new Map(
    rest.split(";").slice(1).map((field) => {
      const [name = "", value = ""] = field.split("=", 2);
      return [name.trim(), value.trim()] as const;
    }),
  );
  const seconds = Number(fields.get("w"));
  const unit = fields.get("u") ?? "request";
  const segment = fields.get("s")?.toLowerCase() ?? null;
  if (!Number.isInteger(seconds) || seconds < 60 || seconds > longest) fail();
  if (unit !== "request" && unit !== "cents") fail();
  const quota = BigInt(quotaText) * (unit === "cents" ? centAmount : 1n);
  const scope = segment === null ? "project" : segment === "user" ? "user" : "property";
  return {
    // Another quota begins anew, as with Helicone.
    id: `helicone:${quotaText}-${seconds}-${unit}${segment === null ? "" : `-${segment}`}`,
    scope,
    property: scope === "property" ? segment : null,
    only: null,
    unit: unit === "cents" ? "usd" : "requests",
    quota,
    warnAt: null,
    window: seconds,
    enforced: true,
  };
}

function fail(): never {
  throw new AppError("invalid_header", {
    header: heliconeHeader,
    expected:
      "[quota];w=[seconds];u=[request|cents];s=[user|property], with w from 60 on; u and s may be left out",
  });
}

/** What Helicone itself would say of it. Names and values in turn. */
export function heliconeHeaders(header: string, limit: Limit, used: bigint): string[] {
  const unit = limit.unit === "usd" ? centAmount : 1n;
  const left = used >= limit.quota ? 0n : limit.quota - used;
  return [
    "helicone-ratelimit-limit",
    String(limit.quota / unit),
    "helicone-ratelimit-remaining",
    String(left / unit),
    heliconeHeader,
    header,
  ];
}
