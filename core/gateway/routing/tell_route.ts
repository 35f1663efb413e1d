/**
 * How an answer's head tells which way a call went: by our names, and by those of the peers whose names
 * the request used.
 *
 * @module
 */

/** What became of a call under its route. */
export interface Travelled {
  /** The target's name. */
  readonly target: string;
  /** Its place in the configuration: `targets[1]`. */
  readonly path: string;
  /** Its place among the targets of the outermost strategy. */
  readonly index: number;
  readonly attempts: number;
  /** How many of the attempts asked the target before once more. */
  readonly retried: number;
  /** The same for the last target alone. */
  readonly retriedLast: number;
}

/** @param headers names and values in turn: what was said before is replaced */
export function tellRoute(
  headers: string[],
  families: readonly string[],
  { target, path, index, attempts, retried, retriedLast }: Travelled,
): void {
  put(headers, "x-watchllm-attempts", String(attempts));
  put(headers, "x-watchllm-target", target);
  for (const family of families) {
    if (family === "portkey") {
      put(headers, "x-portkey-retry-attempt-count", String(retriedLast));
      put(headers, "x-portkey-last-used-option-index", `config.${path || "targets[0]"}`);
    } else if (family === "helicone") {
      put(headers, "helicone-fallback-index", String(index));
    } else if (family === "litellm") {
      put(headers, "x-litellm-attempted-retries", String(retried));
      put(headers, "x-litellm-attempted-fallbacks", String(attempts - 1 - retried));
    } else put(headers, "cf-aig-step", String(index));
  }
}

function put(headers: string[], name: string, value: string): void {
  const at = headers.findIndex((one, i) => i % 2 === 0 && one === name);
  if (at === -1) headers.push(name, value);
  else headers[at + 1] = value;
}
