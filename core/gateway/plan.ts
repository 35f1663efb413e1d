/**
 * The port of a routing policy: after an attempt failed, or was answered, and before the client was
 * given a byte, it says whether another attempt follows. Without a plan a call has one attempt.
 *
 * @module
 */
import type { AppError } from "../error.ts";
import type { Provider } from "./providers/provider.ts";
import type { Target } from "./target.ts";

/** One attempt that is to be made. */
export interface Step {
  readonly provider: Provider;
  readonly model: string;
  /** What the policy calls the target; the provider's name when nothing else does. */
  readonly name: string;
  readonly target: Target;
  readonly timeouts: Timeouts;
  /** Milliseconds to wait before it is sent. */
  readonly after: number;
}

/** In milliseconds; `Infinity` for none. */
export interface Timeouts {
  /** From sending to the first byte of the answer's body. */
  readonly firstByte: number;
  /** Between two bytes of the body. */
  readonly idle: number;
  /** From sending to the body's end. */
  readonly total: number;
}

/** The head of a provider's answer. */
export interface Head {
  readonly status: number;
  /** Names and values in turn, as they came. */
  readonly raw: readonly string[];
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
  /** Null when the head does not say it. */
  readonly contentLength: number | null;
}

/** What became of an attempt. */
export type Outcome =
  | {
    readonly kind: "answered";
    readonly head: Head;
    /** The body, or its first 64 KiB; null unless `wantsBody` asked for it. */
    readonly body: Uint8Array | null;
  }
  | { readonly kind: "failed"; readonly error: AppError };

/**
 * Decides on attempts. With a plan the head of an answer is held until its first byte, so that a
 * provider that is silent after its head can still be left for another.
 */
export interface Plan {
  /** The attempt that is made first; absent for the call's own target. */
  readonly first?: Step;
  /** Whether the decision on this answer needs its body. Asked once for each answer, at its head. */
  wantsBody(head: Head): boolean;
  /** The next attempt; null when this outcome is the client's. */
  next(outcome: Outcome): Step | null;
}

/** What is remembered of an attempt. Times are on the monotonic clock, in milliseconds. */
export interface Attempted {
  readonly provider: string;
  readonly model: string;
  /** The step's name. */
  readonly target: string;
  /** The vault's key that opened it. */
  readonly keyId: string | null;
  status: number | null;
  /** A code of our error table when it failed; null when it was answered or given up. */
  error: string | null;
  readonly started: number;
  firstByteAt: number | null;
  endedAt: number | null;
}
