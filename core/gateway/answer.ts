/**
 * The provider's answer as the record will have it, from its head on.
 *
 * @module
 */
import type { Answer } from "./call.ts";
import { Capture } from "./capture.ts";
import { codingOf } from "./decompress.ts";
import { keptBytes } from "./kept_bodies.ts";
import type { Head } from "./plan.ts";
import type { Original } from "./translate/translation.ts";

/** @param original what the provider said, where the client is given a translation of it */
export function answerOf(head: Head, original: Original | undefined): Answer {
  return {
    status: head.status,
    contentType: head.contentType,
    headers: head.raw,
    coding: codingOf(head.contentEncoding),
    capture: new Capture(keptBytes),
    original,
    firstByteAt: null,
    sentBytes: 0,
  };
}

/** Notes that a piece of the body came now, on the monotonic clock. */
export function notePace(answer: Answer, now: number): void {
  answer.firstByteAt ??= now;
  const last = answer.lastByteAt ?? now;
  answer.longestGap = Math.max(answer.longestGap ?? 0, now - last);
  answer.lastByteAt = now;
}
