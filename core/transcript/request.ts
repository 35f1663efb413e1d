/**
 * The turns of a request's body, read by its shape: OpenAI's chat and responses, Anthropic's messages,
 * Gemini's contents, Bedrock's and Cohere's messages, and plain prompts. Behind `/proxy/` the path alone
 * does not tell which it is. Reads whatever it is given and never throws.
 *
 * @module
 */
import { argumentsText, fields, type JsonObject, object, objects, text } from "../json.ts";
import { contentText } from "../gateway/formats/text.ts";
import { callPart, dataImage, imageAt, kindOf, otherPart, resultPart, textPart } from "./parts.ts";
import type { Turn, TurnPart } from "./types.ts";

/**
 * @example
 * ```ts
 * import { requestTurns } from "@/core/transcript/request.ts";
 * import { expect } from "expect";
 *
 * expect(requestTurns({ messages: [{ role: "user", content: "Hi" }] })).toEqual([
 *   { role: "user", name: null, parts: [{ type: "text", text: "Hi", cut: 0 }] },
 * ]);
 * ```
 */
export function requestTurns(body: unknown): Turn[] {
  const request = fields(body);
  const turns = [
    ...system(request.system ?? request.systemInstruction ?? request.system_instruction),
    ...turnOf("system", request.instructions),
    ...turnOf("system", request.preamble),
    ...objects(request.messages).map(message),
    ...objects(request.contents).map(geminiContent),
    ...objects(request.chat_history).map(cohereMessage),
    ...input(request.input),
    ...turnOf("user", request.prompt),
    ...turnOf("user", request.message),
  ];
  const { content } = request;
  return turns.length > 0 || content === undefined ? turns : [geminiContent(fields(content))];
}

/** Names of the tools that a request offers. */
export function offeredTools(body: unknown): string[] {
  const { tools, functions, toolConfig } = fields(body);
  const listed = [
    ...objects(tools),
    ...objects(functions),
    ...objects(fields(toolConfig).tools),
  ];
  return listed.flatMap((tool) => [
    text(tool.name) ?? text(fields(tool.function).name) ?? text(fields(tool.toolSpec).name) ??
      (Array.isArray(tool.functionDeclarations ?? tool.function_declarations)
        ? null
        : kindOf(tool)),
    ...objects(tool.functionDeclarations ?? tool.function_declarations).map(({ name }) =>
      text(name)
    ),
  ]).filter((name) => name !== null);
}

function system(value: unknown): Turn[] {
  const parts = object(value)?.parts ?? value;
  return turnOf("system", parts);
}

function turnOf(role: string, content: unknown): Turn[] {
  if (content === undefined || content === null || content === "") return [];
  return [{ role, name: null, parts: contentParts(content) }];
}

function input(value: unknown): Turn[] {
  if (!Array.isArray(value)) return turnOf("user", value);
  if (value.every((item) => typeof item === "string")) return turnOf("user", value);
  return objects(value).map((item) => responsesItem(item));
}

/** An item of the Responses API: a message, a call, a result, reasoning. */
function responsesItem(item: JsonObject): Turn {
  const turn = (role: string, ...parts: TurnPart[]): Turn => ({ role, name: null, parts });
  switch (item.type) {
    case "function_call":
    case "custom_tool_call":
      return turn(
        "assistant",
        callPart(
          text(item.call_id) ?? text(item.id) ?? "",
          text(item.name) ?? "",
          argumentsText(item.arguments ?? item.input),
        ),
      );
    case "function_call_output":
    case "custom_tool_call_output":
      return turn("tool", resultPart(text(item.call_id) ?? "", "", plainText(item.output), false));
    case "reasoning": {
      const said = contentText(item.summary) || contentText(item.content);
      return turn("assistant", said ? textPart("reasoning", said) : { type: "redacted" });
    }
    default:
      if (item.role === undefined && item.content === undefined) {
        return turn("assistant", otherPart(kindOf(item), item));
      }
      return message(item);
  }
}

function message(item: JsonObject): Turn {
  const role = text(item.role) ?? "user";
  const name = text(item.name);
  if (role === "tool" || role === "function") {
    const id = text(item.tool_call_id) ?? "";
    return {
      role: "tool",
      name: null,
      parts: [resultPart(id, name ?? "", plainText(item.content), false)],
    };
  }
  const called = objects(item.tool_calls).map((call) => {
    const of = object(call.function) ?? object(call.custom) ?? call;
    return callPart(
      text(call.id) ?? "",
      text(of.name) ?? "",
      argumentsText(of.arguments ?? of.input),
    );
  });
  const legacy = object(item.function_call);
  return {
    role,
    name,
    parts: [
      ...reasoned(item.reasoning_content ?? item.reasoning),
      ...(item.content === undefined || item.content === null ? [] : contentParts(item.content)),
      ...(text(item.refusal) ? [textPart("refusal", text(item.refusal) ?? "")] : []),
      ...called,
      ...(legacy ? [callPart("", text(legacy.name) ?? "", argumentsText(legacy.arguments))] : []),
    ],
  };
}

function reasoned(value: unknown): TurnPart[] {
  const said = text(value);
  return said ? [textPart("reasoning", said)] : [];
}

function cohereMessage(item: JsonObject): Turn {
  const role = (text(item.role) ?? "user").toLowerCase();
  return {
    role: role === "chatbot" ? "assistant" : role,
    name: null,
    parts: contentParts(item.message ?? item.content ?? ""),
  };
}

function geminiContent(item: JsonObject): Turn {
  const role = text(item.role) ?? "user";
  return {
    role: role === "model" ? "assistant" : role,
    name: null,
    parts: objects(item.parts).map(part),
  };
}

function contentParts(content: unknown): TurnPart[] {
  if (typeof content === "string") return [textPart("text", content)];
  if (!Array.isArray(content)) {
    const single = object(content);
    return single ? [part(single)] : [otherPart("value", content)];
  }
  return content.map((each) =>
    typeof each === "string" ? textPart("text", each) : part(fields(each))
  );
}

/** A part of a message in any of the formats. */
export function part(value: JsonObject): TurnPart {
  const { type } = value;
  const own = toolPart(value) ?? imagePart(value);
  if (own) return own;
  if (type === "thinking" || value.thought === true) {
    return textPart("reasoning", text(value.thinking) ?? text(value.text) ?? "");
  }
  if (type === "redacted_thinking") return { type: "redacted" };
  if (type === "refusal") return textPart("refusal", text(value.refusal) ?? "");
  if (typeof value.text === "string" && isTextual(type)) return textPart("text", value.text);
  const reasoning = object(fields(value.reasoningContent).reasoningText);
  if (reasoning) return textPart("reasoning", text(reasoning.text) ?? "");
  return otherPart(kindOf(value), value);
}

function isTextual(type: unknown): boolean {
  return type === undefined || type === "text" || type === "input_text" || type === "output_text" ||
    type === "summary_text";
}

function toolPart(value: JsonObject): TurnPart | null {
  const gemini = object(value.functionCall) ?? object(value.function_call);
  if (gemini) {
    return callPart(text(gemini.id) ?? "", text(gemini.name) ?? "", argumentsText(gemini.args));
  }
  const answered = object(value.functionResponse) ?? object(value.function_response);
  if (answered) {
    const said = JSON.stringify(answered.response ?? {});
    return resultPart(text(answered.id) ?? "", text(answered.name) ?? "", said, false);
  }
  const use = object(value.toolUse);
  if (use) {
    return callPart(text(use.toolUseId) ?? "", text(use.name) ?? "", argumentsText(use.input));
  }
  const result = object(value.toolResult);
  if (result) {
    const id = text(result.toolUseId) ?? "";
    return resultPart(id, "", plainText(result.content), result.status === "error");
  }
  if (value.type === "tool_use" || value.type === "server_tool_use") {
    return callPart(text(value.id) ?? "", text(value.name) ?? "", argumentsText(value.input));
  }
  if (typeof value.type === "string" && value.type.endsWith("tool_result")) {
    const id = text(value.tool_use_id) ?? "";
    return resultPart(id, "", plainText(value.content), value.is_error === true);
  }
  return null;
}

function imagePart(value: JsonObject): TurnPart | null {
  const { type } = value;
  if (type === "image_url" || type === "input_image") {
    const url = text(value.image_url) ?? text(fields(value.image_url).url);
    return url ? imageAt(url) : otherPart("image", value);
  }
  if (type === "image") {
    const source = fields(value.source);
    if (text(source.url)) return imageAt(text(source.url) ?? "");
    return dataImage(text(source.media_type) ?? "", text(source.data) ?? "");
  }
  const inline = object(value.inlineData) ?? object(value.inline_data);
  if (inline) {
    const mediaType = text(inline.mimeType) ?? text(inline.mime_type) ?? "";
    return mediaType.startsWith("image/")
      ? dataImage(mediaType, text(inline.data) ?? "")
      : otherPart(mediaType || "data", value);
  }
  const bedrock = object(value.image);
  if (bedrock && typeof bedrock.format === "string") {
    return dataImage(`image/${bedrock.format}`, text(fields(bedrock.source).bytes) ?? "");
  }
  return null;
}

/** The text of a result, or the JSON of what is none. */
function plainText(value: unknown): string {
  if (typeof value === "string") return value;
  return contentText(value) || (value === undefined ? "" : JSON.stringify(value, null, 2));
}
