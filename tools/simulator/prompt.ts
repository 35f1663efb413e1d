/**
 * A request of any family in one form: what the model reads, and what it may answer with. The wire
 * files fill it in; everything behind them knows no provider.
 *
 * @module
 */

/** One stretch of the prompt, in the order in which the provider reads it. */
export interface PromptBlock {
  readonly role: "tools" | "system" | "user" | "assistant" | "tool";
  readonly text: string;
  /** Set when the client asks that the prompt up to here be cached. */
  readonly cache?: "5m" | "1h";
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly schema: unknown;
}

export type ToolChoice = "auto" | "none" | "required" | { readonly name: string };

export interface Prompt {
  readonly blocks: readonly PromptBlock[];
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice;
  /** A JSON Schema when the answer must be JSON; `{}` for any JSON; null for text. */
  readonly jsonSchema: unknown;
  readonly maxOutputTokens: number | null;
  /** Tokens of reasoning that the request asks for; null leaves it to the model. */
  readonly reasoning: number | null;
}

/** What the user said last. */
export function lastUserText(prompt: Prompt): string {
  return prompt.blocks.findLast((block) => block.role === "user")?.text ?? "";
}

/** Results of tools that the conversation ends with. */
export function freshToolResults(prompt: Prompt): readonly string[] {
  const lastOther = prompt.blocks.findLastIndex((block) => block.role !== "tool");
  return prompt.blocks.slice(lastOther + 1).map((block) => block.text);
}

/** JSON with sorted keys: the same request has the same text whoever wrote it. */
export function stableJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_, inner) =>
      inner !== null && typeof inner === "object" && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1))
        : inner,
  ) ?? "";
}
