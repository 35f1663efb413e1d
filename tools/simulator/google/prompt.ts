/**
 * Reads Gemini's request bodies into a prompt. Field names come in camel and in snake case.
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

const part = z.looseObject({
  text: z.string().optional(),
  functionCall: z.unknown().optional(),
  functionResponse: z.looseObject({ response: z.unknown().optional() }).optional(),
});
const content = z.looseObject({ role: z.string().optional(), parts: z.array(part).default([]) });

export const generateBody = z.looseObject({
  contents: z.array(content).min(1),
  systemInstruction: content.nullish(),
  tools: z.array(z.looseObject({
    functionDeclarations: z.array(z.looseObject({
      name: z.string(),
      description: z.string().optional(),
      parameters: z.unknown().optional(),
      parametersJsonSchema: z.unknown().optional(),
    })).optional(),
  })).nullish(),
  toolConfig: z.looseObject({
    functionCallingConfig: z.looseObject({
      mode: z.string().optional(),
      allowedFunctionNames: z.array(z.string()).optional(),
    }).optional(),
  }).nullish(),
  generationConfig: z.looseObject({
    maxOutputTokens: z.number().int().positive().optional(),
    responseMimeType: z.string().optional(),
    responseSchema: z.unknown().optional(),
    responseJsonSchema: z.unknown().optional(),
    thinkingConfig: z.looseObject({
      thinkingBudget: z.number().int().optional(),
      includeThoughts: z.boolean().optional(),
    }).optional(),
  }).nullish(),
});
export type GenerateBody = z.infer<typeof generateBody>;

/** Parses or refuses in Google's words. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(camelKeys(body));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = (issue?.path ?? []).join(".");
  throw new Refusal(
    400,
    `* GenerateContentRequest.${path}: ${path} is not specified or has a wrong type\n`,
  );
}

export function generatePrompt(body: GenerateBody): Prompt {
  const tools = (body.tools ?? []).flatMap((group) => group.functionDeclarations ?? []).map((
    declared,
  ): Tool => ({
    name: declared.name,
    description: declared.description ?? "",
    schema: declared.parametersJsonSchema ?? declared.parameters,
  }));
  const config = body.generationConfig;
  return {
    blocks: [
      ...(tools.length > 0 ? [{ role: "tools", text: stableJson(tools) } as const] : []),
      ...(body.systemInstruction
        ? [{ role: "system", text: textOf(body.systemInstruction) } as const]
        : []),
      ...body.contents.map((item): PromptBlock => ({
        role: roleOf(item),
        text: textOf(item),
      })),
    ],
    tools,
    toolChoice: choiceOf(body.toolConfig),
    jsonSchema: config?.responseMimeType === "application/json"
      ? config.responseJsonSchema ?? config.responseSchema ??
        { type: "object", properties: { answer: { type: "string" } } }
      : null,
    maxOutputTokens: config?.maxOutputTokens ?? null,
    reasoning: config?.thinkingConfig?.thinkingBudget ?? null,
  };
}

function roleOf(item: z.infer<typeof content>): PromptBlock["role"] {
  if (item.parts.some((piece) => piece.functionResponse)) return "tool";
  return item.role === "model" ? "assistant" : "user";
}

function textOf(item: z.infer<typeof content>): string {
  return item.parts.map((piece) =>
    piece.text ?? stableJson(piece.functionResponse?.response ?? piece)
  ).join("\n");
}

function choiceOf(config: GenerateBody["toolConfig"]): ToolChoice {
  const calling = config?.functionCallingConfig;
  const mode = calling?.mode?.toUpperCase();
  if (mode === "NONE") return "none";
  if (mode !== "ANY") return "auto";
  const name = calling?.allowedFunctionNames?.[0];
  return name ? { name } : "required";
}

/** Turns the top levels' snake case into camel case, as Google's servers accept both. */
function camelKeys(value: unknown, depth = 0): unknown {
  if (Array.isArray(value)) return value.map((item) => camelKeys(item, depth + 1));
  if (value === null || typeof value !== "object" || depth > 6) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key === "parameters" || key.endsWith("chema") || key === "args" || key === "response"
        ? [camel(key), inner]
        : [camel(key), camelKeys(inner, depth + 1)]
    ),
  );
}

function camel(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
