/**
 * Request bodies in one spelling, for the comparison of a body with itself after a translation there
 * and back. Each rule says that the provider's own documentation takes two spellings for the same.
 * Written apart from the product's readers, which it must not import.
 *
 * @module
 */

// deno-lint-ignore no-explicit-any -- recorded JSON of many clients, compared and not trusted
type Any = any;

export type Format = "openai-chat" | "anthropic" | "gemini";

/** @param without fields that the translation is said to leave out: `messages[].name`, `a.b: VALUE` */
export function canonical(format: Format, body: Any, without: readonly string[]): Any {
  const spelled = format === "gemini" ? camel(structuredClone(body)) : structuredClone(body);
  joinTexts(format, spelled, without);
  for (const field of without) if (!changed.has(field)) remove(spelled, field);
  const plain = withoutNulls(spelled);
  if (format === "openai-chat") return openai(plain);
  return format === "anthropic" ? anthropic(plain) : gemini(plain);
}

const thought = ["contents[].parts[].thought", "messages[].content[].thinking"];

/** What the table says in words: thoughts go as a whole, failures as results, texts as one. */
function joinTexts(format: Format, body: Any, without: readonly string[]): void {
  const turns = body.messages ?? body.contents;
  for (const turn of turns) {
    const name = format === "gemini" ? "parts" : "content";
    if (!Array.isArray(turn[name])) continue;
    if (without.some((field) => thought.includes(field))) {
      turn[name] = turn[name].filter((part: Any) => !part.thought && !/thinking/.test(part.type));
    }
    for (const part of turn[name]) {
      const response = part.functionResponse?.response;
      if (typeof response?.error === "string" && Object.keys(response).length === 1) {
        if (without.includes("contents[].parts[].functionResponse.response.error")) {
          response.output = take(response, "error");
        }
      }
      if (part.type === "tool_result" && without.includes("messages[].content[].content")) {
        const texts = part.content.filter(({ type }: Any) => type === "text");
        const others = part.content.filter(({ type }: Any) => type !== "text");
        part.content = [
          { type: "text", text: texts.map(({ text }: Any) => text).join("\n") },
          ...others,
        ];
      }
    }
  }
}

/** Fields that the table names to say that they change, not that they go. */
const changed = new Set([
  "messages[].content",
  "messages[].content[].content",
  "contents[].parts",
]);

// --- OpenAI ---

function openai(body: Any): Any {
  const { messages, model: _model, stream_options: _ours, ...rest } = body;
  dropIf(rest, "n", 1);
  dropIf(rest, "stream", false);
  if (rest.max_tokens !== undefined) rest.max_completion_tokens = take(rest, "max_tokens");
  if (typeof rest.stop === "string") rest.stop = [rest.stop];
  if (rest.tool_choice === "any") rest.tool_choice = "required";
  if (rest.tool_choice?.function) rest.tool_choice.type ??= "function";
  if (rest.reasoning) rest.reasoning_effort ??= take(rest, "reasoning").effort;
  if (rest.response_format?.type === "text") delete rest.response_format;
  rest.tools = (rest.tools ?? []).map((tool: Any) => {
    tool.type ??= "function";
    dropIf(tool.function ?? {}, "strict", false);
    emptyParameters(tool.function ?? {}, "parameters");
    return cache(tool);
  });
  const said: Any[] = [];
  for (const message of messages) {
    const role = message.role === "developer" ? "system" : message.role;
    const { content, tool_calls, name: _name, prefix: _prefix, refusal, ...others } = message;
    const parts = texts(content ?? refusal);
    const calls = (tool_calls ?? []).map((call: Any) => ({
      id: call.id,
      name: call.function.name,
      arguments: JSON.parse(call.function.arguments || "{}"),
      ...(call.extra_content && { extra: call.extra_content }),
    }));
    const last = said.at(-1);
    // Instructions at the beginning are one instruction.
    if (role === "system" && last?.role === "system" && said.length === 1) {
      last.parts.push(...parts);
    } else said.push({ ...others, role, parts, calls });
  }
  return { ...rest, said };
}

function texts(content: Any): Any[] {
  const parts = typeof content === "string" ? [{ type: "text", text: content }] : content ?? [];
  return parts.filter((part: Any) => part.type !== "text" || part.text !== "").map((part: Any) => {
    if (part.type === "file") delete part.file.filename;
    return cache(part);
  });
}

// --- Anthropic ---

function anthropic(body: Any): Any {
  const { messages, model: _model, system, ...rest } = body;
  dropIf(rest, "stream", false);
  rest.tools = (rest.tools ?? []).map((tool: Any) => {
    dropIf(tool, "type", "custom");
    dropIf(tool, "strict", false);
    emptyParameters(tool, "input_schema");
    return cache(tool);
  });
  if (rest.output_format) rest.output_config = { format: take(rest, "output_format") };
  if (Object.keys(rest.output_config ?? {}).length === 0) delete rest.output_config;
  if (rest.thinking) dropIf(rest.thinking, "display", "summarized");
  if (Object.keys(rest.metadata ?? {}).length === 0) delete rest.metadata;
  if (Object.keys(rest.thinking ?? {}).length === 0) delete rest.thinking;
  if (rest.tools.length === 0) delete rest.tool_choice;
  const said = joined(messages.map(({ role, content }: Any) => {
    const parts = texts(content).map((part: Any) => {
      dropIf(part, "is_error", false);
      if (part.type === "tool_use") delete part.caller;
      if (part.type === "tool_result") part.content = texts(part.content).map(document);
      return document(part);
    }).filter((part: Any) => Object.keys(part).length > 1);
    return { role, parts };
  }));
  return { ...rest, system: texts(system), said };
}

/** A text document is the same text in base64. */
function document(part: Any): Any {
  // A name that OpenAI wants and nobody gave.
  if (/^file\.(txt|pdf)$/.test(part.title)) delete part.title;
  if (
    part.type === "document" && part.source?.type === "base64" &&
    /^text/.test(part.source.media_type)
  ) {
    part.source = {
      type: "text",
      media_type: "text/plain",
      data: new TextDecoder().decode(Uint8Array.fromBase64(part.source.data)),
    };
  }
  return part;
}

function cache(part: Any): Any {
  if (part.cache_control?.ttl === "5m") delete part.cache_control.ttl;
  return part;
}

// --- Gemini ---

const opaque = new Set([
  "args",
  "response",
  "parameters",
  "parametersJsonSchema",
  "responseSchema",
  "responseJsonSchema",
]);

function camel(value: Any): Any {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const key = name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
      return [key, opaque.has(key) ? inner : camel(inner)];
    }),
  );
}

function gemini(body: Any): Any {
  const { contents, systemInstruction, generationConfig = {}, tools = [], ...rest } = body;
  if (JSON.stringify(generationConfig.responseModalities) === '["TEXT"]') {
    delete generationConfig.responseModalities;
  }
  if (Object.keys(generationConfig.thinkingConfig ?? {}).length === 0) {
    delete generationConfig.thinkingConfig;
  }
  if (generationConfig.responseSchema) {
    generationConfig.responseJsonSchema = lower(take(generationConfig, "responseSchema"));
  }
  const declared = tools.flatMap((tool: Any) => tool.functionDeclarations ?? []);
  for (const one of declared) {
    if (one.parameters) one.parametersJsonSchema = lower(take(one, "parameters"));
    emptyParameters(one, "parametersJsonSchema");
  }
  const mode = rest.toolConfig?.functionCallingConfig;
  if (mode && (mode.mode ?? "AUTO") === "AUTO" && !mode.allowedFunctionNames) {
    delete rest.toolConfig;
  }
  if (rest.toolConfig && Object.keys(rest.toolConfig).length === 0) delete rest.toolConfig;
  return {
    ...rest,
    generationConfig,
    declared,
    system: systemInstruction?.parts ?? [],
    said: joined(contents.map(({ role = "user", parts }: Any) => ({
      role,
      parts: parts.filter((part: Any) => Object.keys(part).some((key) => !/^thought/.test(key)))
        .map((part: Any) => {
          dropIf(part, "thoughtSignature", "skip_thought_signature_validator");
          return part;
        }),
    }))),
  };
}

/** Turns of one role in a row are one. */
function joined(turns: readonly Any[]): Any[] {
  const said: Any[] = [];
  for (const { role, parts } of turns) {
    const last = said.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else said.push({ role, parts });
  }
  return said;
}

function lower(schema: Any): Any {
  if (Array.isArray(schema)) return schema.map(lower);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).filter(([name]) => !/^property_?ordering$/i.test(name))
      .map(([name, value]) => [
        name.replace("any_of", "anyOf"),
        name === "type" && typeof value === "string" ? value.toLowerCase() : lower(value),
      ]),
  );
}

// --- all ---

/** No parameters are an object without properties. */
function emptyParameters(tool: Any, name: string): void {
  const schema = tool[name];
  if (!schema || Object.keys(schema).length === 0) return void delete tool[name];
  if (schema.type === "object" && Object.keys(schema.properties ?? {}).length === 0) {
    delete tool[name];
  }
}

function withoutNulls(value: Any): Any {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined)
      .map(([name, inner]) => [name, withoutNulls(inner)]),
  );
}

function dropIf(object: Any, name: string, value: unknown): void {
  if (object[name] === value) delete object[name];
}

function take(object: Any, name: string): Any {
  const value = object[name];
  delete object[name];
  return value;
}

function remove(value: Any, field: string): void {
  const [path = "", only] = field.split(": ");
  removeAt(value, path.split("."), only);
}

function removeAt(value: Any, [step = "", ...more]: string[], only: string | undefined): void {
  if (typeof value !== "object" || value === null) return;
  const name = step.replace("[]", "");
  if (more.length === 0) {
    if (only === undefined || value[name] === only) delete value[name];
    return;
  }
  const inner = value[name];
  if (step.endsWith("[]")) {
    if (Array.isArray(inner)) { for (const item of inner) removeAt(item, more, only); }
  } else removeAt(inner, more, only);
}
