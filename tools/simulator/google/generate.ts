/**
 * `:generateContent` and `:streamGenerateContent`, the latter as events or as one JSON array.
 *
 * @module
 */
import { emptyBuckets, inputTokens, type UsageBuckets } from "@/core/event/usage.ts";
import { type Answer, composeAnswer, toolCallOverhead, visibleTokens } from "../answer.ts";
import type { Prompt } from "../prompt.ts";
import type { Frame, Reply, WireCall } from "../reply.ts";
import { chunked } from "../tokens.ts";
import { googleError } from "./errors.ts";
import { generateBody, generatePrompt, parseBody } from "./prompt.ts";

const finishReasons = {
  stop: "STOP",
  length: "MAX_TOKENS",
  tool: "STOP",
  filter: "SAFETY",
} as const;

export function generateContent(call: WireCall, stream: boolean): Reply {
  const body = parseBody(generateBody, call.body);
  const prompt = generatePrompt(body);
  const input = countInput(call, prompt);
  const wanted = call.traits.reasoning === 0
    ? 0
    : prompt.reasoning ?? Math.round(call.traits.reasoning * (0.5 + call.random.next()));
  const answer = composeAnswer(prompt, Math.max(0, wanted), call.controls, call.random);
  const id = call.random.id(23);
  const asEvents = call.url.searchParams.get("alt") === "sse";
  const withThoughts = body.generationConfig?.thinkingConfig?.includeThoughts === true;
  const chunks = chunksOf(call, answer, stream, withThoughts, input, id);
  return {
    endpoint: "generate_content",
    id,
    model: call.traits.answersAs,
    stream,
    contentType: stream && asEvents ? "text/event-stream" : "application/json; charset=UTF-8",
    frames: stream ? framed(chunks, asEvents) : chunks.map(({ json, output, reasoning }) => ({
      text: `${JSON.stringify(json, null, 2)}\n`,
      output,
      reasoning,
    })),
    input,
    failure: asEvents
      ? `data: ${JSON.stringify(googleError(503))}\r\n\r\n`
      : `,\r\n${JSON.stringify(googleError(503), null, 2)}\n]`,
  };
}

interface Chunk {
  readonly json: object;
  readonly output: number;
  readonly reasoning: number;
}

/** A reply that is not streamed is the same thing as a stream of one chunk. */
function chunksOf(
  call: WireCall,
  answer: Answer,
  stream: boolean,
  withThoughts: boolean,
  input: UsageBuckets,
  responseId: string,
): Chunk[] {
  const pieces = partsOf(call, answer, stream, withThoughts);
  let output = 0;
  let reasoning = 0;
  return pieces.map(({ parts, ...spent }, i) => {
    output += spent.output;
    reasoning += spent.reasoning;
    const last = i === pieces.length - 1;
    const candidate = {
      content: { parts, role: "model" },
      ...(last && { finishReason: finishReasons[answer.finish] }),
      index: 0,
    };
    const usage = call.controls.usage === "none"
      ? {}
      : { usageMetadata: usageOf(input, output, reasoning) };
    return {
      json: {
        candidates: [candidate],
        ...usage,
        modelVersion: call.traits.answersAs,
        responseId,
      },
      ...spent,
    };
  });
}

interface Piece {
  readonly parts: object[];
  readonly output: number;
  readonly reasoning: number;
}

function partsOf(
  call: WireCall,
  answer: Answer,
  stream: boolean,
  withThoughts: boolean,
): Piece[] {
  const reasoning = answer.reasoning.length;
  const thought = withThoughts && reasoning > 0
    ? [{ text: answer.reasoning.join(""), thought: true }]
    : [];
  const calls = answer.toolCalls.map((toolCall) => ({
    functionCall: { name: toolCall.name, args: toolCall.args },
    ...(reasoning > 0 && { thoughtSignature: call.random.id(120) }),
  }));
  const callTokens = answer.toolCalls.reduce(
    (sum, toolCall) => sum + toolCall.tokens.length + toolCallOverhead,
    0,
  );
  if (!stream) {
    const text = answer.text.length > 0 ? [{ text: answer.text.join("") }] : [];
    return [{ parts: [...thought, ...text, ...calls], output: visibleTokens(answer), reasoning }];
  }
  // Google sends far larger pieces than the others.
  const texts = answer.text.length === 0
    ? []
    : chunked(answer.text, call.controls.chunks ?? Math.ceil(answer.text.length / 24));
  const pieces: Piece[] = texts.map((tokens, i) => ({
    parts: [...(i === 0 ? thought : []), { text: tokens.join("") }],
    output: tokens.length,
    reasoning: i === 0 ? reasoning : 0,
  }));
  if (calls.length > 0 || pieces.length === 0) {
    pieces.push({
      parts: pieces.length === 0 ? [...thought, ...calls] : calls,
      output: callTokens,
      reasoning: pieces.length === 0 ? reasoning : 0,
    });
  }
  return pieces;
}

function framed(chunks: readonly Chunk[], asEvents: boolean): Frame[] {
  return chunks.map(({ json, output, reasoning }, i) => ({
    text: asEvents
      ? `data: ${JSON.stringify(json)}\r\n\r\n`
      : `${i === 0 ? "[" : ",\r\n"}${JSON.stringify(json, null, 2)}${
        i === chunks.length - 1 ? "\n]" : "\n"
      }`,
    output,
    reasoning,
  }));
}

function countInput(call: WireCall, prompt: Prompt): UsageBuckets {
  const { fresh, read, written5m } = call.cache.automatic(call.cacheScope, prompt.blocks);
  return { ...emptyBuckets(), input: fresh + written5m, cache_read: read };
}

function usageOf(input: UsageBuckets, output: number, reasoning: number) {
  const prompt = inputTokens(input);
  return {
    promptTokenCount: prompt,
    ...(output > 0 && { candidatesTokenCount: output }),
    totalTokenCount: prompt + output + reasoning,
    ...(input.cache_read > 0 && { cachedContentTokenCount: input.cache_read }),
    promptTokensDetails: [{ modality: "TEXT", tokenCount: prompt }],
    ...(input.cache_read > 0 &&
      { cacheTokensDetails: [{ modality: "TEXT", tokenCount: input.cache_read }] }),
    ...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
    serviceTier: "standard",
  };
}
