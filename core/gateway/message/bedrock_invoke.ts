/**
 * Bedrock's InvokeModel: the parts of Claude's and of Nova's own answers, whose streams come in base64
 * inside the frames.
 *
 * @module
 */
import { invokedValue } from "../formats/bedrock_invoke.ts";
import { fields, text } from "../../json.ts";
import { AnthropicParts } from "./anthropic.ts";
import { ConverseParts } from "./converse.ts";
import type { AnswerEvent, PartReader } from "./events.ts";

export class InvokeParts implements PartReader {
  #inner: PartReader | null = null;

  add(value: unknown): readonly AnswerEvent[] {
    const invoked = invokedValue(value);
    this.#inner ??= isClaude(invoked) ? new AnthropicParts() : new ConverseParts();
    return this.#inner.add(invoked);
  }

  end(): readonly AnswerEvent[] {
    return this.#inner?.end() ?? [];
  }
}

function isClaude(value: unknown): boolean {
  return text(fields(value).type) !== null;
}
