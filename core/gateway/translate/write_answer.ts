/**
 * What writes an answer in a client's format: as a stream, piece by piece, or whole.
 *
 * @module
 */
import type { Usage } from "../../event/usage.ts";
import type { Message } from "../message/assemble.ts";
import type { AnswerEvent } from "../message/events.ts";
import type { ReasoningPart } from "./request.ts";

/** What an answer needs to know beside what the provider said. */
export interface AnswerContext {
  /** The call's id: where the provider gives none, ids are made of it. */
  readonly callId: string;
  /** The model that was asked for, should the answer not name one. */
  readonly model: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** Whose reasoning it is. */
  readonly maker: ReasoningPart["maker"];
  /** Whether a stream tells its usage (OpenAI's clients ask for it). */
  readonly streamUsage: boolean;
  /** Whether a Gemini stream is a JSON list and not server-sent events. */
  readonly asList: boolean;
}

/** Writes a stream. */
export interface StreamWriter {
  readonly contentType: string;
  /** The text that goes to the client now; empty for none. */
  write(event: AnswerEvent): string;
}

export interface AnswerFormat {
  stream(context: AnswerContext): StreamWriter;
  whole(message: Message, usage: Usage | null, context: AnswerContext): unknown;
  /** The body of an error answer. */
  error(status: number, error: { readonly code: string; readonly message: string }): unknown;
}

/** Parts that the client's format has no place for; named by the provider's word for them. */
export function unknownPart(message: Message): string | null {
  const part = message.parts.find(({ type }) => type === "other");
  return part?.type === "other" ? part.name : null;
}

/** The id of a tool call, made of its place when the provider gives none. */
export function callIdOf(id: string, place: number, { callId }: AnswerContext): string {
  return id || `call_${callId}_${place}`;
}
