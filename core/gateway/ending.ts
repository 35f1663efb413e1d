/**
 * How a call ended: which of the three events it becomes, and what failed.
 *
 * @module
 */
import type { AppError } from "../error.ts";
import type { CallData } from "../event/call.ts";
import type { Answer, Call, CallDraft } from "./call.ts";
import type { AnswerFacts } from "./formats/format.ts";
import { scrub } from "./scrub.ts";

/** How a call ended, as the one who ended it knows it. */
export interface Ending {
  /** `answered`: the provider's answer came to its end. */
  readonly how: "answered" | "failed" | "left";
  /** The status that the client got, or null when it left before. */
  readonly status: number | null;
  /** What failed, for `failed`. */
  readonly error?: AppError;
}

/** A client that left once the answer was whole has what it came for: its call is completed. */
export function eventType(
  { how }: Ending,
  facts: AnswerFacts,
  answer: Answer | null,
): CallDraft["type"] {
  if (how === "failed") return "call.failed";
  // A client that leaves after the last event has what it came for; after an error it has to.
  if (how === "left" && !facts.complete && !facts.error) return "call.aborted";
  return facts.error || (answer?.status ?? 200) >= 400 ? "call.failed" : "call.completed";
}

/** A stream that ended without saying why was cut by somebody on the way. */
export function isCut({ stream }: Call, type: CallDraft["type"], facts: AnswerFacts): boolean {
  if (facts.complete) return false;
  return type !== "call.completed" || (stream && facts.finishReason === null);
}

/**
 * Null for a call that was completed. The provider's message is its own; ours is without secrets.
 */
export function errorOf(
  { error, how }: Ending,
  facts: AnswerFacts,
  answer: Answer | null,
  type: CallDraft["type"],
): CallData["error"] {
  if (error) {
    const origin = error.code.startsWith("upstream_") ? "network" : "gateway";
    return { code: error.code, message: scrub(error.message), origin };
  }
  if (facts.error) return { ...facts.error, origin: "provider" };
  if (type === "call.failed") {
    return { code: `http_${answer?.status ?? 0}`, message: "", origin: "provider" };
  }
  if (how !== "left" || type === "call.completed") return null;
  return {
    code: "client_closed",
    message: "The client left before the answer's end.",
    origin: "client",
  };
}
