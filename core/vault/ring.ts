/**
 * A project's decrypted keys, and which of them is next.
 *
 * @module
 */
import type { Health } from "./health.ts";
import type { Credential, KeyRing, UsableKey } from "./types.ts";

export interface OpenKey {
  readonly id: string;
  readonly provider: string;
  readonly priority: number;
  readonly credential: Credential;
}

export interface RingOptions {
  readonly project: string;
  readonly keys: readonly OpenKey[];
  readonly health: Health;
  /** Told of each answer to a key. */
  readonly used: (id: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Counts up: keys of one priority take turns by it. */
  readonly turn: () => number;
}

type UsePorts = Pick<RingOptions, "project" | "health" | "used" | "now">;

/** A key as a call uses it. */
export function usableKey(
  { id, credential }: Pick<OpenKey, "id" | "credential">,
  { project, health, used, now }: UsePorts,
): UsableKey {
  const usedAt = now();
  return {
    id,
    credential,
    report(status, retryAfter) {
      health.report(project, id, { status, retryAfter }, usedAt);
      used(id);
    },
  };
}

/** Keys of the best priority take turns; one that rests is given out only when all of them do. */
export function keyRing(options: RingOptions): KeyRing {
  const { keys, health, turn } = options;
  const byProvider = Map.groupBy(
    [...keys].sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1)),
    ({ provider }) => provider,
  );

  const usable = (key: OpenKey) => usableKey(key, options);

  return {
    pick(provider, except) {
      const all = byProvider.get(provider);
      if (!all) return null;
      const left = except ? all.filter(({ id }) => !except.has(id)) : all;
      const well = left.filter(({ id }) => health.restOf(id) === null);
      const [best] = well;
      if (!best) return firstToRecover(left, health, usable);
      const equals = well.filter(({ priority }) => priority === best.priority);
      return usable(equals[turn() % equals.length] ?? best);
    },
  };
}

/** A key that rests is better than none: its provider has the last word. */
function firstToRecover(
  keys: readonly OpenKey[],
  health: Health,
  usable: (key: OpenKey) => UsableKey,
): UsableKey | null {
  const until = ({ id }: OpenKey) => health.restOf(id)?.until ?? 0;
  const first = keys.reduce<OpenKey | null>(
    (best, key) => best === null || until(key) < until(best) ? key : best,
    null,
  );
  return first && usable(first);
}
