/**
 * How the values of the cache's options are written, whoever's header they stand in: each form with the
 * words in which an error asks for it.
 *
 * @module
 */

/** What a header's value must look like, in words for its error; null when it does not. */
export type Read<T> = { readonly expected: string; of(value: string): T | null };

const longestTtl = 365 * 86_400;
const mostBuckets = 20;

export const flag: Read<boolean> = {
  expected: "true or false",
  of: (value) =>
    /^(true|1|yes|on)$/i.test(value) ? true : /^(false|0|no|off)$/i.test(value) ? false : null,
};
export const seconds: Read<number> = {
  expected: `whole seconds from 0 to ${longestTtl}`,
  of: (value) => /^\d{1,9}$/.test(value) && Number(value) <= longestTtl ? Number(value) : null,
};
/** Go's durations, e.g. `5m`, `1h30m`; bare digits are seconds. */
export const duration: Read<number> = {
  expected: "a duration such as 30s, 5m or 1h30m",
  of(value) {
    if (/^\d{1,9}$/.test(value)) return seconds.of(value);
    if (!/^(\d{1,9}(\.\d{1,3})?(ms|s|m|h))+$/.test(value)) return null;
    let total = 0;
    for (const [, digits, unit] of value.matchAll(/([\d.]+)(ms|s|m|h)/g)) {
      total += Number(digits) *
        { ms: 0.001, s: 1, m: 60, h: 3_600 }[unit as "ms" | "s" | "m" | "h"];
    }
    return total >= 1 && total <= longestTtl ? Math.floor(total) : null;
  },
};
export const text: Read<string> = {
  expected: "1 to 256 characters",
  of: (value) => value.length >= 1 && value.length <= 256 ? value : null,
};
export const bucketCount: Read<number> = {
  expected: `a whole number from 1 to ${mostBuckets}`,
  of: (value) =>
    /^\d{1,2}$/.test(value) && Number(value) >= 1 && Number(value) <= mostBuckets
      ? Number(value)
      : null,
};
export const similarity: Read<number> = {
  expected: "a number from 0 to 1",
  of: (value) => /^(0(\.\d+)?|1(\.0+)?|\.\d+)$/.test(value) ? Number(value) : null,
};
/** A JSON list or names between commas. */
export const names: Read<readonly string[]> = {
  expected: "names between commas, or a JSON list of at most 50 names",
  of(value) {
    let list: unknown = value.split(",").map((name) => name.trim()).filter((name) => name !== "");
    if (value.startsWith("[")) {
      try {
        list = JSON.parse(value);
      } catch {
        return null;
      }
    }
    const fits = Array.isArray(list) && list.length > 0 && list.length <= 50 &&
      list.every((name) => typeof name === "string" && name.length >= 1 && name.length <= 256);
    // Each item was looked at.
    return fits ? list as string[] : null;
  },
};
