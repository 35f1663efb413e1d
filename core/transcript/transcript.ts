/**
 * Puts a call's request and answer together as a conversation.
 *
 * @module
 */
import type { FormatName } from "../gateway/formats/format.ts";
import { parseJson } from "../json.ts";
import type { Part } from "../gateway/message/assemble.ts";
import { readMessage } from "../gateway/message/read.ts";
import { operationOf } from "../gateway/operation.ts";
import { callPart, otherPart, textPart } from "./parts.ts";
import { offeredTools, part, requestTurns } from "./request.ts";
import type { Transcript, Turn, TurnPart } from "./types.ts";

/** Turns that a page shows: the first few say what it is about, the last ones what is going on. */
const shownFirst = 20;
const shownLast = 180;

export interface Bodies {
  /** The provider's path, which tells the wire format. */
  readonly path: string;
  /** The bodies as they were sent, as text; null when none was kept or it is not text. */
  readonly request: string | null;
  readonly response: string | null;
  readonly responseType: string | null;
  readonly status: number | null;
}

/**
 * @example
 * ```ts
 * import { transcriptOf } from "@/core/transcript/transcript.ts";
 * import { expect } from "expect";
 *
 * const { answer } = transcriptOf({
 *   path: "/v1/chat/completions",
 *   request: `{"messages":[{"role":"user","content":"Hi"}]}`,
 *   response: `data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n` +
 *     `data: {"choices":[{"index":0,"delta":{"content":"lo"}}]}\n\ndata: [DONE]\n\n`,
 *   responseType: "text/event-stream",
 *   status: 200,
 * });
 * expect(answer?.parts).toEqual([{ type: "text", text: "Hello", cut: 0 }]);
 * ```
 */
export function transcriptOf(bodies: Bodies): Transcript {
  const request = bodies.request === null ? undefined : parseJson(bodies.request);
  const turns = requestTurns(request);
  const omitted = Math.max(0, turns.length - shownFirst - shownLast);
  return {
    turns: omitted === 0
      ? turns
      : [...turns.slice(0, shownFirst), ...turns.slice(turns.length - shownLast)],
    omitted,
    answer: answerTurn(bodies),
    tools: offeredTools(request),
  };
}

function answerTurn({ path, response, responseType, status }: Bodies): Turn | null {
  if (response === null) return null;
  const message = readMessage(formatOf(path), {
    bytes: new TextEncoder().encode(response),
    contentType: responseType,
    ...(status !== null && { status }),
  });
  if (!message || message.parts.length === 0) return null;
  return { role: "assistant", name: null, parts: message.parts.map(answerPart) };
}

function formatOf(path: string): FormatName {
  return operationOf(path).format;
}

function answerPart(said: Part): TurnPart {
  switch (said.type) {
    case "text":
    case "refusal":
    case "reasoning":
      return textPart(said.type, said.text);
    case "redacted":
      return { type: "redacted" };
    case "tool_call":
      return callPart(said.id, said.name, said.arguments);
    case "other": {
      const known = part({ type: said.name, ...said.value });
      return known.type === "other" ? otherPart(said.name, said.value) : known;
    }
  }
}
