/**
 * What people thought of an answer, as an application would have passed it on.
 *
 * @module
 */
import type { ScoreData } from "@/core/event/score.ts";
import { ulid } from "ulid";
import type { Random } from "../simulator/random.ts";
import type { AppendArguments } from "./call_event.ts";
import type { PlannedCall } from "./plan.ts";

/** Share of the answers that somebody says something of. */
const said = 0.05;
const liked = 0.84;
const complaints = ["That was not my question.", "Too long.", "The dates are wrong."];

/** Null: nobody said anything. `event` is the call's id, `at` when it had ended. */
export function feedbackEvent(
  project: string,
  call: PlannedCall,
  { event, at }: { readonly event: string; readonly at: number },
  random: Random,
): AppendArguments | null {
  if (!call.user || call.fate.kind !== "answered" || !random.chance(said)) return null;
  const good = random.chance(liked);
  const when = Math.round(at + random.logNormal(9_000, 0.6));
  const data: ScoreData = {
    kind: "feedback",
    name: "feedback",
    value: good ? 1 : -1,
    text: good ? "up" : "down",
    data_type: "boolean",
    comment: good ? null : random.pick(complaints),
    target_event_id: event,
    trace_id: call.trace,
    span_id: call.span,
    session_id: call.session,
    user_id: call.user,
    source: "sdk",
    properties: {},
    key_id: "demo",
    amends: null,
    demo: true,
  };
  return {
    event: {
      id: ulid(when),
      project,
      at: new Date(when).toISOString(),
      type: "score.recorded",
      v: 1,
      data,
    },
    payloads: {},
  };
}
