/**
 * A request in Anthropic's form.
 *
 * @module
 */
import { textOfBase64 } from "./media.ts";
import { budgetOf, mostClaudeTokens, thinksAdaptively } from "./reasoning.ts";
import type {
  CacheHint,
  MediaPart,
  NeutralRequest,
  RequestPart,
  TextPart,
  ToolChoice,
  Turn,
} from "./request.ts";
import { requestField } from "./request_fields.ts";
import { toolIds } from "./tool_ids.ts";
import type { Translating } from "./translating.ts";

type Json = Record<string, unknown>;

/** @throws {AppError} `translation_impossible`, naming the field by the client's own name */
export function writeAnthropic(request: NeutralRequest, translating: Translating): Json {
  const { model } = translating.recipient;
  refuse(request, translating);
  const max_tokens = request.maxTokens ?? mostClaudeTokens(model);
  const body: Json = {
    model,
    max_tokens,
    ...(request.system.length > 0 && { system: writeSystem(request.system) }),
    messages: writeMessages(request.turns, translating),
  };
  if (request.tools.length > 0) {
    body.tools = request.tools.map((tool) => ({
      name: tool.name,
      ...(tool.description !== null && { description: tool.description }),
      input_schema: tool.parameters ?? { type: "object", properties: {} },
      ...(tool.strict && { strict: true }),
      ...cached(tool),
    }));
  }
  const choice = writeToolChoice(request, translating);
  if (choice) body.tool_choice = choice;
  if (request.temperature !== null) body.temperature = request.temperature;
  if (request.topP !== null) body.top_p = request.topP;
  if (request.topK !== null) body.top_k = request.topK;
  if (request.stop.length > 0) body.stop_sequences = request.stop;
  if (request.user !== null) body.metadata = { user_id: request.user };
  if (request.seed !== null) translating.leave("seed");
  const { thinking, effort } = writeReasoning(request, max_tokens, translating);
  if (thinking) body.thinking = thinking;
  const format = writeOutput(request, translating);
  if (format || effort) {
    body.output_config = { ...(effort && { effort }), ...(format && { format }) };
  }
  if (request.stream) body.stream = true;
  return body;
}

/** What Anthropic has no place for at all. A penalty of nothing is none. */
function refuse(request: NeutralRequest, translating: Translating): void {
  for (const name of ["presencePenalty", "frequencyPenalty"] as const) {
    if (request[name]) throw translating.impossible(requestField(name, translating.from));
  }
  if ((request.temperature ?? 0) > 1) {
    const field = requestField("temperature", translating.from);
    throw translating.impossible(field, "Anthropic takes temperatures up to 1");
  }
}

function cached({ cache }: { readonly cache?: CacheHint }): Json {
  if (!cache) return {};
  return { cache_control: { type: "ephemeral", ...(cache === "1h" && { ttl: "1h" }) } };
}

function writeSystem(parts: readonly TextPart[]): unknown {
  const [only] = parts;
  if (only && parts.length === 1 && !only.cache) return only.text;
  return parts.map(textBlock);
}

function textBlock(part: TextPart): Json {
  return { type: "text", text: part.text, ...cached(part) };
}

// --- messages ---

function writeMessages(turns: readonly Turn[], translating: Translating): Json[] {
  const ids = toolIds("anthropic");
  return turns.map(({ role, parts }) => {
    const [only] = parts;
    if (only?.kind === "text" && parts.length === 1 && !only.cache) {
      return { role, content: only.text };
    }
    // Anthropic refuses blocks of empty text, which others send beside tool calls.
    const said = parts.filter((part) => part.kind !== "text" || part.text !== "");
    return { role, content: said.flatMap((part) => block(part, translating, ids)) };
  });
}

function block(part: RequestPart, translating: Translating, ids: (id: string) => string): Json[] {
  switch (part.kind) {
    case "text":
      return [textBlock(part)];
    case "media":
      return [mediaBlock(part, translating)];
    case "tool_call": {
      if (part.signature) translating.leave("reasoningSent");
      const { id, name, args } = part;
      return [{ type: "tool_use", id: ids(id), name, input: args, ...cached(part) }];
    }
    case "tool_result": {
      const [only] = part.content;
      const plain = only?.kind === "text" && part.content.length === 1 && !only.cache;
      const content = plain ? only.text : part.content
        .filter((piece) => piece.kind !== "text" || piece.text !== "")
        .map((piece) => piece.kind === "text" ? textBlock(piece) : mediaBlock(piece, translating));
      return [{
        type: "tool_result",
        tool_use_id: ids(part.id),
        content,
        ...(part.failed && { is_error: true }),
        ...cached(part),
      }];
    }
    case "reasoning": {
      const { maker, text, signature, data } = part;
      if (maker !== "anthropic" || (signature === null && data === null)) {
        translating.leave("reasoningSent");
        return [];
      }
      if (data !== null) return [{ type: "redacted_thinking", data }];
      return [{ type: "thinking", thinking: text, signature }];
    }
  }
}

function mediaBlock(part: MediaPart, translating: Translating): Json {
  const { mediaType, source, name } = part;
  const kind = mediaType?.split("/")[0] ?? "image";
  const hint = cached(part);
  if (kind === "image") {
    return "url" in source
      ? { type: "image", source: { type: "url", url: source.url }, ...hint }
      : {
        type: "image",
        source: { type: "base64", media_type: mediaType, data: source.base64 },
        ...hint,
      };
  }
  const title = name === undefined ? {} : { title: name };
  if (mediaType === "application/pdf") {
    const pdf = "url" in source
      ? { type: "url", url: source.url }
      : { type: "base64", media_type: mediaType, data: source.base64 };
    return { type: "document", source: pdf, ...title, ...hint };
  }
  const text = kind === "text" && "base64" in source ? textOfBase64(source.base64) : null;
  if (text === null) {
    throw translating.impossible(part.at, `Anthropic takes no ${mediaType ?? "file"}`);
  }
  return {
    type: "document",
    source: { type: "text", media_type: "text/plain", data: text },
    ...title,
    ...hint,
  };
}

// --- the rest ---

function writeToolChoice(request: NeutralRequest, translating: Translating): Json | null {
  const { toolChoice, parallelTools } = request;
  const one = parallelTools === null ? {} : { disable_parallel_tool_use: !parallelTools };
  if (!toolChoice) {
    return parallelTools === false && request.tools.length > 0 ? { type: "auto", ...one } : null;
  }
  // Without tools there is nothing to choose, and Anthropic says so with an error.
  if (request.tools.length === 0 && toolChoice.mode !== "one") return null;
  return choiceOf(toolChoice, one, translating);
}

function choiceOf(choice: ToolChoice, one: Json, translating: Translating): Json {
  switch (choice.mode) {
    case "none":
      return { type: "none" };
    case "auto":
    case "any":
      return { type: choice.mode, ...one };
    case "one":
      return { type: "tool", name: choice.name, ...one };
    case "some":
      throw translating.impossible(
        requestField("toolChoice", translating.from),
        "Anthropic chooses among all tools or one: send only the tools that are allowed",
      );
  }
}

function writeOutput({ output }: NeutralRequest, translating: Translating): Json | null {
  if (!output) return null;
  if (output.kind === "json") {
    throw translating.impossible(
      requestField("output", translating.from),
      "Anthropic has no JSON mode without a schema: send a schema",
    );
  }
  if (output.name !== null || output.description !== null) translating.leave("schemaName");
  return { type: "json_schema", schema: output.schema };
}

function writeReasoning(
  { reasoning, turns }: NeutralRequest,
  maxTokens: number,
  translating: Translating,
): { thinking: Json | null; effort: string | null } {
  if (!reasoning) return { thinking: null, effort: null };
  const { effort, budget } = reasoning;
  if (reasoning.shown === false) translating.leave("reasoningShown");
  if (effort === "none") return { thinking: { type: "disabled" }, effort: null };
  if (effort === "minimal") translating.leave("reasoningMeasure");
  const least = effort === "minimal" ? "low" : effort;
  if (thinksAdaptively(translating.recipient.model)) {
    if (budget !== null) translating.leave("reasoningMeasure");
    return { thinking: { type: "adaptive" }, effort: least };
  }
  const last = turns.findLast(({ role }) => role === "assistant");
  const answersTool = turns.at(-1)?.parts.some(({ kind }) => kind === "tool_result") ?? false;
  const sentBack = last?.parts.some((part) =>
    part.kind === "reasoning" && part.maker === "anthropic"
  );
  if (answersTool && !sentBack) {
    translating.leave("reasoningInterrupted");
    return { thinking: null, effort: null };
  }
  translating.leave("reasoningMeasure");
  const wanted = budget ?? budgetOf(effort ?? "medium");
  const field = requestField("reasoning", translating.from);
  if (maxTokens <= 1_024) {
    throw translating.impossible(field, "Anthropic reasons with more than 1024 tokens at most");
  }
  // The answer has to fit beside the reasoning.
  const budget_tokens = Math.max(
    1_024,
    wanted < maxTokens ? wanted : Math.floor(maxTokens / 2),
  );
  return { thinking: { type: "enabled", budget_tokens }, effort: null };
}
