/**
 * Reads OpenAI's request bodies, chat completions and responses, into a prompt.
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

const part = z.looseObject({ type: z.string().optional(), text: z.string().optional() });
const content = z.union([z.string(), z.array(part), z.null()]).optional();

const message = z.looseObject({
  role: z.string(),
  content,
  tool_calls: z.array(z.unknown()).optional(),
});

export const chatBody = z.looseObject({
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({
    include_usage: z.boolean().optional(),
    include_obfuscation: z.boolean().optional(),
  }).nullish(),
  tools: z.array(z.looseObject({
    function: z.looseObject({
      name: z.string(),
      description: z.string().optional(),
      parameters: z.unknown().optional(),
    }).optional(),
  })).nullish(),
  tool_choice: z.unknown().optional(),
  response_format: z.looseObject({
    type: z.string(),
    json_schema: z.looseObject({ schema: z.unknown().optional() }).optional(),
  }).nullish(),
  max_tokens: z.number().int().positive().nullish(),
  max_completion_tokens: z.number().int().positive().nullish(),
  reasoning_effort: z.string().nullish(),
  n: z.number().int().min(1).max(16).nullish(),
  service_tier: z.string().nullish(),
});
export type ChatBody = z.infer<typeof chatBody>;

export const responsesBody = z.looseObject({
  input: z.union([z.string(), z.array(z.looseObject({}))]).optional(),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  tools: z.array(z.looseObject({
    type: z.string(),
    name: z.string().optional(),
    description: z.string().nullish(),
    parameters: z.unknown().optional(),
  })).nullish(),
  tool_choice: z.unknown().optional(),
  text: z.looseObject({
    format: z.looseObject({ type: z.string(), schema: z.unknown().optional() }).optional(),
  }).nullish(),
  max_output_tokens: z.number().int().positive().nullish(),
  reasoning: z.looseObject({ effort: z.string().nullish() }).nullish(),
  previous_response_id: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
});
export type ResponsesBody = z.infer<typeof responsesBody>;

/** Parses or refuses as OpenAI does: with the field's path. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = (issue?.path ?? []).reduce<string>(
    (text, key) =>
      typeof key === "number" ? `${text}[${key}]` : text ? `${text}.${String(key)}` : String(key),
    "",
  );
  const missing = issue?.code === "invalid_type" && issue.message.includes("undefined");
  throw new Refusal(
    400,
    missing
      ? `Missing required parameter: '${path}'.`
      : `Invalid value for '${path}': ${issue?.message ?? ""}.`,
    path || null,
  );
}

export function chatPrompt(body: ChatBody): Prompt {
  const tools = (body.tools ?? []).flatMap(({ function: declared }): Tool[] =>
    declared
      ? [{
        name: declared.name,
        description: declared.description ?? "",
        schema: declared.parameters,
      }]
      : []
  );
  return {
    blocks: [
      ...toolBlock(tools),
      ...body.messages.map((message): PromptBlock => ({
        role: roleOf(message.role),
        text: textOf(message.content) +
          (message.tool_calls ? stableJson(message.tool_calls) : ""),
      })),
    ],
    tools,
    toolChoice: choiceOf(body.tool_choice),
    jsonSchema: body.response_format?.type === "json_schema"
      ? body.response_format.json_schema?.schema ?? {}
      : body.response_format?.type === "json_object"
      ? { type: "object", properties: { answer: { type: "string" } } }
      : null,
    maxOutputTokens: body.max_completion_tokens ?? body.max_tokens ?? null,
    reasoning: effortTokens(body.reasoning_effort),
  };
}

export function responsesPrompt(body: ResponsesBody): Prompt {
  const tools = (body.tools ?? []).flatMap((tool): Tool[] =>
    tool.type === "function" && tool.name
      ? [{ name: tool.name, description: tool.description ?? "", schema: tool.parameters }]
      : []
  );
  const items = typeof body.input === "string"
    ? [{ role: "user", content: body.input }]
    : body.input ?? [];
  const format = body.text?.format;
  return {
    blocks: [
      ...toolBlock(tools),
      ...(body.instructions ? [{ role: "system", text: body.instructions } as const] : []),
      ...items.map(itemBlock),
    ],
    tools,
    toolChoice: choiceOf(body.tool_choice),
    jsonSchema: format?.type === "json_schema" ? format.schema : null,
    maxOutputTokens: body.max_output_tokens ?? null,
    reasoning: effortTokens(body.reasoning?.effort),
  };
}

const inputItem = z.looseObject({
  type: z.string().optional(),
  role: z.string().optional(),
  content,
  output: z.unknown().optional(),
});

function itemBlock(item: unknown): PromptBlock {
  const read = parseBody(inputItem, item);
  if (read.type === "function_call_output") {
    return {
      role: "tool",
      text: typeof read.output === "string" ? read.output : stableJson(read.output),
    };
  }
  if (read.role === undefined) return { role: "assistant", text: stableJson(item) };
  return { role: roleOf(read.role), text: textOf(read.content) };
}

function toolBlock(tools: readonly Tool[]): PromptBlock[] {
  return tools.length > 0 ? [{ role: "tools", text: stableJson(tools) }] : [];
}

function roleOf(role: string): PromptBlock["role"] {
  if (role === "developer" || role === "system") return "system";
  if (role === "assistant" || role === "tool") return role;
  return "user";
}

function textOf(value: z.infer<typeof content>): string {
  if (typeof value === "string") return value;
  // A picture is billed by its size; a fixed text of about 85 tokens stands in for the small one.
  return (value ?? []).map((piece) => piece.text ?? "picture ".repeat(85)).join("\n");
}

function choiceOf(value: unknown): ToolChoice {
  if (value === "none" || value === "required") return value;
  const named = z.looseObject({
    name: z.string().optional(),
    function: z.looseObject({ name: z.string() }).optional(),
  }).safeParse(value);
  const name = named.success ? named.data.function?.name ?? named.data.name : undefined;
  return name === undefined ? "auto" : { name };
}

function effortTokens(effort: string | null | undefined): number | null {
  if (!effort) return null;
  return { none: 0, minimal: 0, low: 64, medium: 256, high: 704, xhigh: 1_408 }[effort] ?? null;
}
