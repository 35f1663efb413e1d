/**
 * Parts of Gemini's answers, each chunk of a stream having the shape of a whole answer. Function calls
 * come whole, or as partial arguments that are put together here.
 *
 * @module
 */
import { readError } from "../formats/error.ts";
import { readGeminiUsage } from "../formats/gemini.ts";
import { argumentsText, fields, type JsonObject, object, objects, text } from "../../json.ts";
import type { AnswerEvent, Finish, PartReader } from "./events.ts";
import { setAtPath } from "./json_path.ts";

const finishes: Readonly<Record<string, Finish>> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content_filter",
  RECITATION: "content_filter",
  BLOCKLIST: "content_filter",
  PROHIBITED_CONTENT: "content_filter",
  SPII: "content_filter",
  IMAGE_SAFETY: "content_filter",
};

/** A call whose arguments come in pieces. */
interface Partial {
  readonly id: string;
  readonly name: string;
  readonly signature: string | null;
  readonly args: Record<string, unknown>;
}

export class GeminiParts implements PartReader {
  #started = false;
  #parts = 0;
  #calls = 0;
  #partial: Partial | null = null;
  #finish: AnswerEvent | null = null;

  add(value: unknown): readonly AnswerEvent[] {
    const body = object(value);
    if (!body) return [];
    if (body.error) {
      const error = readError(body);
      if (error) return [{ kind: "error", ...error }];
    }
    const events: AnswerEvent[] = [];
    if (!this.#started) {
      this.#started = true;
      events.push({ kind: "start", id: text(body.responseId), model: text(body.modelVersion) });
    }
    const blocked = text(fields(body.promptFeedback).blockReason);
    for (const candidate of objects(body.candidates)) {
      for (const part of objects(fields(candidate.content).parts)) events.push(...this.#part(part));
      this.#onFinish(text(candidate.finishReason));
    }
    if (blocked) this.#finish = { kind: "finish", reason: "content_filter", raw: blocked };
    const usage = readGeminiUsage(body.usageMetadata);
    if (usage) events.push({ kind: "usage", usage });
    return events;
  }

  /** A stream has no last event of its own: a reason to finish makes it whole. */
  end(): readonly AnswerEvent[] {
    const left = this.#flush();
    if (!this.#finish) return left;
    return [...left, this.#finish, { kind: "end" }];
  }

  #onFinish(raw: string | null): void {
    if (!raw) return;
    const reason = finishes[raw] ?? "stop";
    // A call is not told from text by the reason.
    const called = reason === "stop" && (this.#calls > 0 || this.#partial !== null);
    this.#finish = { kind: "finish", reason: called ? "tool_calls" : reason, raw };
  }

  #part(part: JsonObject): readonly AnswerEvent[] {
    const call = object(part.functionCall);
    const signature = text(part.thoughtSignature);
    if (call) return this.#call(call, signature);
    const left = this.#flush();
    if (typeof part.text === "string") {
      const kind = part.thought === true ? "reasoning" : "text";
      const signed = signature && { signature };
      return [...left, { kind, key: this.#key(kind), text: part.text, ...signed }];
    }
    const type = Object.keys(part).find((name) => !["thought", "thoughtSignature"].includes(name));
    if (!type) return left;
    return [...left, { kind: "other", key: `part:${this.#parts++}`, type, value: part }];
  }

  #call(call: JsonObject, signature: string | null): readonly AnswerEvent[] {
    const name = text(call.name);
    const left = name ? this.#flush() : [];
    if (name) {
      const begins = call.willContinue === true || call.partialArgs !== undefined;
      if (!begins) {
        return [
          ...left,
          this.#tool(text(call.id), name, argumentsText(call.args ?? {}), signature),
        ];
      }
      this.#partial = { id: text(call.id) ?? "", name, signature, args: {} };
    }
    for (const piece of objects(call.partialArgs)) this.#argument(piece);
    return call.willContinue === true ? left : [...left, ...this.#flush()];
  }

  #argument(piece: JsonObject): void {
    const path = text(piece.jsonPath);
    if (!path || !this.#partial) return;
    const value = piece.stringValue ?? piece.numberValue ?? piece.boolValue ?? null;
    setAtPath(this.#partial.args, path, value);
  }

  #flush(): readonly AnswerEvent[] {
    const open = this.#partial;
    this.#partial = null;
    if (!open) return [];
    return [this.#tool(open.id, open.name, JSON.stringify(open.args), open.signature)];
  }

  #tool(id: string | null, name: string, args: string, signature: string | null): AnswerEvent {
    const key = `call:${this.#calls++}`;
    this.#parts++;
    return {
      kind: "tool",
      key,
      id: id ?? "",
      name,
      arguments: args,
      ...(signature && { signature }),
    };
  }

  #last = "";

  /** Text goes on in the same part until something else comes between. */
  #key(kind: string): string {
    if (this.#last !== `${kind}:${this.#parts}`) this.#last = `${kind}:${++this.#parts}`;
    return this.#last;
  }
}
