/**
 * Circuit breakers: a target that keeps failing is left alone for a while, then tried by one call. They
 * are in the memory of the process: each process finds out by itself.
 *
 * @module
 */
import { Recent } from "../../recent.ts";
import type { BreakerSettings } from "./settings.ts";

/** Failures are counted within this time, in milliseconds. */
const windowLength = 60_000;

interface State {
  windowStart: number;
  requests: number;
  failures: number;
  /** When it opened; null while it is closed. */
  openedAt: number | null;
  /** When a call went out to try the target; null when none is on its way. */
  probedAt: number | null;
}

export class Breakers {
  readonly #states = new Recent<State>(10_000);
  readonly #now: () => number;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether a call may go there. The one that may try an open breaker's target takes its turn. */
  allows(key: string, { cooldown_interval }: BreakerSettings): boolean {
    const state = this.#states.get(key);
    if (!state || state.openedAt === null) return true;
    const now = this.#now();
    if (now - state.openedAt < cooldown_interval) return false;
    // A trial whose end nobody told is over after another pause.
    if (state.probedAt !== null && now - state.probedAt < cooldown_interval) return false;
    state.probedAt = now;
    return true;
  }

  succeeded(key: string): void {
    const state = this.#states.get(key);
    if (!state) return;
    if (state.openedAt !== null) this.#states.delete(key);
    else this.#count(state).requests++;
  }

  failed(key: string, settings: BreakerSettings): void {
    const now = this.#now();
    let state = this.#states.get(key);
    if (!state) {
      state = { windowStart: now, requests: 0, failures: 0, openedAt: null, probedAt: null };
      this.#states.set(key, state);
    }
    if (state.openedAt !== null) {
      // The trial failed: it stays open for another pause. Late failures change nothing.
      if (state.probedAt !== null) Object.assign(state, { openedAt: now, probedAt: null });
      return;
    }
    this.#count(state).requests++;
    state.failures++;
    if (opens(state, settings)) Object.assign(state, { openedAt: now, probedAt: null });
  }

  /** The call that was to try the target ended without saying anything about it. */
  abandoned(key: string): void {
    const state = this.#states.get(key);
    if (state) state.probedAt = null;
  }

  #count(state: State): State {
    const now = this.#now();
    if (now - state.windowStart >= windowLength) {
      Object.assign(state, { windowStart: now, requests: 0, failures: 0 });
    }
    return state;
  }
}

function opens({ requests, failures }: State, settings: BreakerSettings): boolean {
  const { failure_threshold, failure_threshold_percentage, minimum_requests } = settings;
  if (failures >= failure_threshold) return true;
  return failure_threshold_percentage !== undefined && requests >= minimum_requests &&
    failures * 100 >= requests * failure_threshold_percentage;
}
