/**
 * What a call's answer says of itself: read from its bytes, and counted by its text where it was cut
 * before it told.
 *
 * @module
 */
import { unknownUsage } from "../event/usage.ts";
import type { Call, CallDraft } from "./call.ts";
import type { Capture } from "./capture.ts";
import { isCut } from "./ending.ts";
import { withEstimate } from "./estimate.ts";
import { type AnswerFacts, noFacts } from "./formats/format.ts";
import { readAnswer } from "./formats/read.ts";
import { formats } from "./formats/table.ts";

/** @param readable the decompressed answer; null when there was none or it cannot be read */
export function readFacts({ route, answer }: Call, readable: Capture | null): AnswerFacts {
  if (!answer || !readable) return noFacts(unknownUsage());
  // Of a translated answer the provider's own words count.
  const { original } = answer;
  const said = original?.capture ?? readable;
  return readAnswer(formats[original?.format ?? route.operation.format], {
    bytes: said.head(),
    tail: said.tail(),
    contentType: original?.contentType ?? answer.contentType,
    headers: original?.headers ?? answer.headers,
    status: answer.status,
  }, { text: false });
}

/** An answer that was cut before its usage: what is missing is counted by its text. */
export function estimated(
  call: Call,
  type: CallDraft["type"],
  facts: AnswerFacts,
  readable: Capture | null,
): AnswerFacts {
  const { answer, route } = call;
  if (!answer || !readable || !isCut(call, type, facts)) return facts;
  // What a provider breaks off itself, it does not charge.
  if (facts.error) return facts;
  if (answer.status >= 300 || readable.total === 0) return facts;
  const { original } = answer;
  return withEstimate(facts, {
    asked: formats[route.operation.format],
    request: call.json,
    answered: original?.format ?? route.operation.format,
    body: {
      bytes: (original?.capture ?? readable).head(),
      contentType: original?.contentType ?? answer.contentType,
      status: answer.status,
    },
  });
}
