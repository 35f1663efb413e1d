/**
 * A request in Gemini's form.
 *
 * @module
 */
import { parseExactly } from "../formats/exact_json.ts";
import { type JsonObject, object } from "../../json.ts";
import { budgetOf, effortOf, takesLevels } from "./reasoning.ts";
import type {
  Effort,
  MediaPart,
  NeutralRequest,
  Reasoning,
  RequestPart,
  TextPart,
  ToolChoice,
  ToolResultPart,
} from "./request.ts";
import { requestField } from "./request_fields.ts";
import type { Translating } from "./translating.ts";

type Json = Record<string, unknown>;

/** The model and whether it streams stand in the path. */
export function writeGemini(request: NeutralRequest, translating: Translating): Json {
  if (request.parallelTools === false) {
    throw translating.impossible(
      requestField("parallelTools", translating.from),
      "Gemini always may call several tools at once",
    );
  }
  if (request.user !== null) translating.leave("user");
  const body: Json = {
    ...(request.system.length > 0 && {
      systemInstruction: { parts: request.system.map((part) => textPart(part, translating)) },
    }),
    contents: writeContents(request, translating),
  };
  if (request.tools.length > 0) {
    body.tools = [{
      functionDeclarations: request.tools.map((tool) => {
        if (tool.strict) translating.leave("toolStrict");
        if (tool.cache) translating.leave("cacheHint");
        return {
          name: tool.name,
          ...(tool.description !== null && { description: tool.description }),
          ...(tool.parameters && { parametersJsonSchema: tool.parameters }),
        };
      }),
    }];
  }
  if (request.toolChoice) {
    body.toolConfig = { functionCallingConfig: callingConfig(request.toolChoice) };
  }
  const config = generationConfig(request, translating);
  if (Object.keys(config).length > 0) body.generationConfig = config;
  return body;
}

// --- contents ---

function writeContents({ turns }: NeutralRequest, translating: Translating): Json[] {
  return turns.map((turn) => {
    if (turn.role === "system") {
      throw translating.impossible(turn.at, "Gemini takes instructions at the beginning alone");
    }
    const parts = turn.parts.flatMap((part) => writePart(part, translating));
    return { role: turn.role === "assistant" ? "model" : "user", parts: signed(parts) };
  });
}

/**
 * The value with which Google lets a call of another model's turn pass where a signature would have to
 * stand: https://ai.google.dev/gemini-api/docs/thought-signatures
 */
const foreignCall = "skip_thought_signature_validator";

/** Gemini wants the first call of a turn signed; those that come from elsewhere are not. */
function signed(parts: Json[]): Json[] {
  const first = parts.find((part) => part.functionCall !== undefined);
  if (first && first.thoughtSignature === undefined) first.thoughtSignature = foreignCall;
  return parts;
}

function textPart(part: TextPart, translating: Translating): Json {
  if (part.cache) translating.leave("cacheHint");
  return { text: part.text };
}

function writePart(part: RequestPart, translating: Translating): Json[] {
  switch (part.kind) {
    case "text":
      return [textPart(part, translating)];
    case "media":
      return [mediaPart(part, translating)];
    case "tool_call": {
      const { id, name, args, signature } = part;
      if (part.cache) translating.leave("cacheHint");
      const call = { id, name, args };
      return [{ functionCall: call, ...(signature && { thoughtSignature: signature }) }];
    }
    case "tool_result":
      return [{ functionResponse: functionResponse(part, translating) }];
    case "reasoning": {
      const { maker, text, signature } = part;
      if (maker !== "google" || text === "") {
        translating.leave("reasoningSent");
        return [];
      }
      return [{ text, thought: true, ...(signature !== null && { thoughtSignature: signature }) }];
    }
  }
}

function functionResponse(part: ToolResultPart, translating: Translating): Json {
  const texts = part.content.filter((piece) => piece.kind === "text");
  const media = part.content.filter((piece) => piece.kind === "media");
  if (part.cache || part.content.some(({ cache }) => cache)) translating.leave("cacheHint");
  if (texts.length > 1) translating.leave("toolTexts");
  const text = texts.map((piece) => piece.text).join("\n");
  return {
    id: part.id,
    name: part.name,
    response: part.failed ? { error: text } : responseOf(text),
    ...(media.length > 0 && { parts: media.map((piece) => mediaPart(piece, translating)) }),
  };
}

/** A JSON object that would be printed the same is sent as such, every other text as the output. */
function responseOf(text: string): JsonObject {
  const parsed = text.startsWith("{") ? object(parseExactly(text)) : null;
  if (!parsed || JSON.stringify(parsed) !== text) return { output: text };
  const [name, ...others] = Object.keys(parsed);
  const ambiguous = others.length === 0 && (name === "output" || name === "error") &&
    typeof parsed[name] === "string";
  return ambiguous ? { output: text } : parsed;
}

function mediaPart(part: MediaPart, translating: Translating): Json {
  const { mediaType, source } = part;
  if (part.name !== undefined) translating.leave("mediaName");
  if (part.cache) translating.leave("cacheHint");
  if ("url" in source) {
    if (mediaType === null) {
      throw translating.impossible(part.at, "Gemini must be told the media type: send the data");
    }
    return { fileData: { mimeType: mediaType, fileUri: source.url } };
  }
  return { inlineData: { mimeType: mediaType, data: source.base64 } };
}

// --- the rest ---

function callingConfig(choice: ToolChoice): Json {
  switch (choice.mode) {
    case "auto":
    case "none":
    case "any":
      return { mode: choice.mode.toUpperCase() };
    case "one":
      return { mode: "ANY", allowedFunctionNames: [choice.name] };
    case "some":
      return { mode: choice.must ? "ANY" : "AUTO", allowedFunctionNames: choice.names };
  }
}

function generationConfig(request: NeutralRequest, translating: Translating): Json {
  const config: Json = {};
  if (request.maxTokens !== null) config.maxOutputTokens = request.maxTokens;
  if (request.temperature !== null) config.temperature = request.temperature;
  if (request.topP !== null) config.topP = request.topP;
  if (request.topK !== null) config.topK = request.topK;
  if (request.seed !== null) config.seed = request.seed;
  if (request.presencePenalty !== null) config.presencePenalty = request.presencePenalty;
  if (request.frequencyPenalty !== null) config.frequencyPenalty = request.frequencyPenalty;
  if (request.stop.length > 0) config.stopSequences = request.stop;
  const { output, reasoning } = request;
  if (output) {
    config.responseMimeType = "application/json";
    if (output.kind === "schema") {
      if (output.name !== null || output.description !== null) translating.leave("schemaName");
      config.responseJsonSchema = output.schema;
    }
  }
  if (reasoning) {
    const thinking = thinkingConfig(reasoning, translating);
    if (Object.keys(thinking).length > 0) config.thinkingConfig = thinking;
  }
  return config;
}

type Thinking = Exclude<Effort, "none">;

const levels: Readonly<Record<Thinking, string>> = {
  minimal: "MINIMAL",
  low: "LOW",
  medium: "MEDIUM",
  high: "HIGH",
  xhigh: "HIGH",
  max: "HIGH",
};

function thinkingConfig(reasoning: Reasoning, translating: Translating): Json {
  const { effort, budget, adaptive, shown } = reasoning;
  const show = shown === null ? {} : { includeThoughts: shown };
  if (effort === "none") return { thinkingBudget: 0 };
  if (adaptive && effort === null) translating.leave("reasoningMeasure");
  if (effort === null && budget === null) return show;
  translating.leave("reasoningMeasure");
  if (takesLevels(translating.recipient.model)) {
    return { thinkingLevel: levels[effort ?? effortOf(budget ?? 0)], ...show };
  }
  // The models of that line think with at most so many.
  const most = 24_576;
  return { thinkingBudget: Math.min(most, budget ?? budgetOf(effort ?? "medium")), ...show };
}
