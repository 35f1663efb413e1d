/**
 * Reads Anthropic's request bodies into a prompt, with the places that the client marked for caching.
 *
 * @module
 */
import { z } from "zod";
import {
  type Prompt,
  type PromptBlock,
  stableJson,
  type Tool,
  type ToolChoice,
} from "../prompt.ts";
import { Refusal } from "../reply.ts";

const cacheControl = z.looseObject({ ttl: z.enum(["5m", "1h"]).optional() }).nullish();

const block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  content: z.unknown().optional(),
  cache_control: cacheControl,
});
const content = z.union([z.string(), z.array(block)]);

const tool = z.looseObject({
  name: z.string(),
  description: z.string().optional(),
  input_schema: z.unknown().optional(),
  cache_control: cacheControl,
});

/** What counting tokens needs. */
export const countBody = z.looseObject({
  system: content.nullish(),
  messages: z.array(z.looseObject({ role: z.string(), content })).min(1),
  tools: z.array(tool).nullish(),
  cache_control: cacheControl,
});

export const messagesBody = countBody.extend({
  max_tokens: z.number().int().positive(),
  stream: z.boolean().nullish(),
  tool_choice: z.looseObject({ type: z.string(), name: z.string().optional() }).nullish(),
  thinking: z.looseObject({ type: z.string(), budget_tokens: z.number().optional() }).nullish(),
});
export type MessagesBody = z.infer<typeof messagesBody>;

/** Parses or refuses in Anthropic's words. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const missing = issue?.code === "invalid_type" && issue.message.includes("undefined");
  throw new Refusal(
    400,
    `${(issue?.path ?? []).join(".")}: ${missing ? "Field required" : issue?.message ?? ""}`,
  );
}

/** The blocks of the prompt in the order in which Anthropic caches them: tools, system, messages. */
export function promptBlocks(body: z.infer<typeof countBody>): PromptBlock[] {
  const blocks: PromptBlock[] = [
    ...(body.tools ?? []).map((declared): PromptBlock => ({
      role: "tools",
      text: stableJson([declared.name, declared.description, declared.input_schema]),
      ...marked(declared.cache_control),
    })),
    ...contentBlocks("system", body.system ?? []),
    ...body.messages.flatMap((message) =>
      contentBlocks(message.role === "assistant" ? "assistant" : "user", message.content)
    ),
  ];
  const last = blocks.at(-1);
  if (body.cache_control && last) {
    blocks[blocks.length - 1] = { ...last, ...marked(body.cache_control) };
  }
  return blocks;
}

export function messagesPrompt(body: MessagesBody): Prompt {
  const thinking = body.thinking;
  return {
    blocks: promptBlocks(body),
    tools: (body.tools ?? []).filter((declared) => declared.input_schema !== undefined)
      .map((declared): Tool => ({
        name: declared.name,
        description: declared.description ?? "",
        schema: declared.input_schema,
      })),
    toolChoice: choiceOf(body.tool_choice),
    jsonSchema: null,
    maxOutputTokens: body.max_tokens,
    reasoning: !thinking || thinking.type === "disabled"
      ? 0
      : Math.min(thinking.budget_tokens ?? 600, 600),
  };
}

function contentBlocks(
  role: PromptBlock["role"],
  value: z.infer<typeof content>,
): PromptBlock[] {
  if (typeof value === "string") return [{ role, text: value }];
  return value.map((item): PromptBlock => ({
    role: item.type === "tool_result" ? "tool" : role,
    text: textOf(item),
    ...marked(item.cache_control),
  }));
}

function textOf(item: z.infer<typeof block>): string {
  if (item.text !== undefined) return item.text;
  if (item.type === "tool_result") {
    if (typeof item.content === "string") return item.content;
    const parts = z.array(z.looseObject({ text: z.string() })).safeParse(item.content);
    if (parts.success) return parts.data.map((part) => part.text).join("\n");
  }
  const { cache_control: _, ...rest } = item;
  return stableJson(rest);
}

function marked(control: z.infer<typeof cacheControl>): { cache?: "5m" | "1h" } {
  return control ? { cache: control.ttl ?? "5m" } : {};
}

function choiceOf(choice: MessagesBody["tool_choice"]): ToolChoice {
  if (choice?.type === "any") return "required";
  if (choice?.type === "none") return "none";
  return choice?.type === "tool" && choice.name ? { name: choice.name } : "auto";
}
