/**
 * What an answer that was cut has used beyond what was reported. Providers charge what was made until
 * then, and most report it only at the end; so the rest is counted here, by the length of the text, and
 * marked.
 *
 * @module
 */
import { outputTokens, type Usage } from "../event/usage.ts";
import type { AnswerFacts, Format, FormatName } from "./formats/format.ts";
import type { AnswerBody } from "./formats/read.ts";
import type { Part } from "./message/assemble.ts";
import { readMessage } from "./message/read.ts";

export interface CutAnswer {
  /** The format of the request. */
  readonly asked: Format;
  /** The request's body as JSON. */
  readonly request: unknown;
  /** The format of the provider's answer. */
  readonly answered: FormatName;
  readonly body: AnswerBody;
}

/**
 * The facts with an estimate where nothing, or hardly anything, was reported. Facts of which nothing can
 * be estimated stay as they are.
 */
export function withEstimate(facts: AnswerFacts, cut: CutAnswer): AnswerFacts {
  const { usage } = facts;
  const message = readMessage(cut.answered, cut.body);
  if (!message) return facts;
  const written = tokensIn(message.parts.map(textOf).join(""));
  if (usage.source === "none") {
    const read = tokensIn(cut.asked.requestText(cut.request));
    if (read === 0 && written === 0) return facts;
    const buckets = { ...usage.buckets, input: read, output: written };
    const estimated = { input: read, output: written };
    return { ...facts, usage: { ...usage, buckets, estimated, source: "estimate" } };
  }
  const reported = outputTokens(usage.buckets);
  // A count that grew with the stream is better than ours; one from its beginning is none.
  if (written <= 2 * reported) return facts;
  const more = written - reported;
  const partial: Usage = {
    ...usage,
    buckets: { ...usage.buckets, output: usage.buckets.output + more },
    estimated: { input: 0, output: more },
    source: "partial",
  };
  return { ...facts, usage: partial };
}

/** What the model wrote of a part. */
function textOf(part: Part): string {
  switch (part.type) {
    case "text":
    case "refusal":
    case "reasoning":
      return part.text;
    case "tool_call":
      return part.name + part.arguments;
    case "redacted":
      return part.data;
    case "other":
      return JSON.stringify(part.value);
  }
}

/**
 * About how many tokens a text has, without a tokenizer: one for four ASCII characters, two for three
 * others. Within a third of the true number for prose and code.
 *
 * @example
 * ```ts
 * import { tokensIn } from "@/core/gateway/estimate.ts";
 * import { expect } from "expect";
 *
 * expect(tokensIn("The quick brown fox jumps over the lazy dog.")).toBe(11);
 * expect(tokensIn("你好世界你好")).toBe(4);
 * ```
 */
export function tokensIn(text: string): number {
  let ascii = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 128) ascii++;
  return Math.ceil(ascii / 4 + (text.length - ascii) / 1.5);
}
