/**
 * From one checked event to what the log keeps of it.
 *
 * @module
 */
import type { Drafted, IngestContext } from "../context.ts";
import type { Problem } from "../problem.ts";
import type { IngestEvent } from "../schema/event.ts";
import { draftPromptCall } from "./prompt_call.ts";
import { draftFeedback, draftScore, subjectOf } from "./score.ts";
import { draftSpan } from "./span.ts";

/** The id that the client chose; null when it chose none. */
export function chosenId(event: IngestEvent): string | null {
  if (event.type === "feedback") return subjectOf(event).id;
  return event.event_id ?? event.id ?? null;
}

/**
 * @param id the event's, the client's own or made
 * @returns a problem when the event says nothing that can be kept
 */
export function draftEvent(
  event: IngestEvent,
  id: string,
  context: IngestContext,
): Drafted | Problem {
  switch (event.type) {
    case "prompt_call":
      return draftPromptCall(event, id, context);
    case "score":
      return draftScore(event, id, context);
    case "feedback":
      return draftFeedback(event, id, context);
    default:
      return draftSpan(event, id, context);
  }
}
