/**
 * Leaving fields out of a body before it is hashed, by path: `metadata`, `extra.timestamp`,
 * `messages[0].name`, `tools[*].id`.
 *
 * @module
 */
import { ExactNumber } from "../canonical_json.ts";

type Step = string;

/** The steps of a path. Dots and brackets separate alike, so `a[0].b` and `a.0.b` are one path. */
export function stepsOf(path: string): readonly Step[] {
  return path.replaceAll(/\[([^\]]*)\]/g, ".$1").split(".").filter((step) => step !== "");
}

/**
 * The value without what the paths name. Nothing is changed in place.
 *
 * @example
 * ```ts
 * import { expect } from "expect";
 * import { without } from "@/core/cache/exact/ignore.ts";
 *
 * const body = { messages: [{ role: "user", at: 1 }], extra: { ts: 2, kept: 3 } };
 * expect(without(body, ["extra.ts", "messages[*].at"])).toEqual({
 *   messages: [{ role: "user" }],
 *   extra: { kept: 3 },
 * });
 * ```
 */
export function without(value: unknown, paths: readonly string[]): unknown {
  return paths.reduce((left: unknown, path) => withoutOne(left, stepsOf(path)), value);
}

function withoutOne(value: unknown, [step, ...rest]: readonly Step[]): unknown {
  if (step === undefined || typeof value !== "object" || value === null) return value;
  if (value instanceof ExactNumber) return value;
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => {
      if (step !== "*" && step !== String(i)) return [item];
      return rest.length === 0 ? [] : [withoutOne(item, rest)];
    });
  }
  const kept = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    if (step !== "*" && step !== name) return [[name, member]];
    return rest.length === 0 ? [] : [[name, withoutOne(member, rest)]];
  });
  return Object.fromEntries(kept);
}
