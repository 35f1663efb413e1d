/**
 * `POST /v1/chat/completions`.
 *
 * @module
 */
import { type Answer, composeAnswer, toolCallOverhead, visibleTokens } from "../answer.ts";
import { type Frame, type Reply, sse, type WireCall } from "../reply.ts";
import { chunked } from "../tokens.ts";
import { openaiError } from "./errors.ts";
import { type ChatBody, chatBody, chatPrompt, parseBody } from "./prompt.ts";
import { chatUsage, countInput, reasoningTokens } from "./usage.ts";

const finishReasons = {
  stop: "stop",
  length: "length",
  tool: "tool_calls",
  filter: "content_filter",
} as const;

interface Choice {
  readonly index: number;
  readonly answer: Answer;
  readonly callIds: readonly string[];
}

export function chatCompletion(call: WireCall): Reply {
  const body = parseBody(chatBody, call.body);
  const prompt = chatPrompt(body);
  const input = countInput(call, prompt);
  const reasoning = reasoningTokens(call, prompt);
  const choices = Array.from({ length: body.n ?? 1 }, (_, index): Choice => {
    const answer = composeAnswer(prompt, reasoning, call.controls, call.random);
    return { index, answer, callIds: answer.toolCalls.map(() => `call_${call.random.id(24)}`) };
  });
  const id = `chatcmpl-${call.random.id(29)}`;
  const output = choices.reduce((sum, choice) => sum + visibleTokens(choice.answer), 0);
  const reasoned = choices.reduce((sum, choice) => sum + choice.answer.reasoning.length, 0);
  const usage = call.controls.usage === "none" ? null : chatUsage(input, output, reasoned);
  const common = {
    id,
    created: call.now,
    model: call.traits.answersAs,
    service_tier: body.service_tier === "flex" ? "flex" : "default",
    system_fingerprint: `fp_${call.random.hex(10)}`,
  };
  const frames = body.stream
    ? streamFrames(call, body, common, choices, usage)
    : [{ text: whole(common, choices, usage), output, reasoning: reasoned }];
  return {
    endpoint: "chat",
    id,
    model: call.traits.answersAs,
    stream: body.stream ?? false,
    contentType: body.stream ? "text/event-stream; charset=utf-8" : "application/json",
    frames,
    input,
    failure: `data: ${openaiError(500).replaceAll(/\n\s*/g, "")}\n\n`,
  };
}

function whole(common: object, choices: readonly Choice[], usage: unknown): string {
  return JSON.stringify(
    {
      ...common,
      object: "chat.completion",
      choices: choices.map(({ index, answer, callIds }) => ({
        index,
        message: {
          role: "assistant",
          content: answer.toolCalls.length > 0 ? null : answer.text.join(""),
          ...(answer.toolCalls.length > 0 && {
            tool_calls: answer.toolCalls.map((toolCall, i) => ({
              id: callIds[i],
              type: "function",
              function: { name: toolCall.name, arguments: toolCall.tokens.join("") },
            })),
          }),
          refusal: null,
          annotations: [],
        },
        logprobs: null,
        finish_reason: finishReasons[answer.finish],
      })),
      ...(usage !== null && { usage }),
    },
    null,
    2,
  );
}

function streamFrames(
  call: WireCall,
  body: ChatBody,
  common: object,
  choices: readonly Choice[],
  usage: unknown,
): Frame[] {
  const withUsage = body.stream_options?.include_usage === true;
  // Mistral does not know the option: it reports usage with the last choice of every stream.
  const withChoice = call.provider === "mistral" && usage !== null ? { usage } : {};
  const padded = body.stream_options?.include_obfuscation !== false;
  const event = (part: object) =>
    sse({
      ...common,
      object: "chat.completion.chunk",
      ...part,
      ...(withUsage && { usage: null }),
      ...(padded && { obfuscation: call.random.id(call.random.int(4, 14)) }),
    });
  const chunk = (index: number, delta: object, finish: string | null = null) =>
    event({
      choices: [{ index, delta, logprobs: null, finish_reason: finish }],
      ...(finish && withChoice),
    });

  const frames = choices.flatMap(({ index, answer, callIds }): Frame[] => {
    const opening = answer.toolCalls.length > 0 ? null : "";
    return [
      {
        text: chunk(index, { role: "assistant", content: opening, refusal: null }),
        reasoning: answer.reasoning.length,
      },
      ...chunked(answer.text, call.controls.chunks ?? answer.text.length).map((tokens) => ({
        text: chunk(index, { content: tokens.join("") }),
        output: tokens.length,
      })),
      ...answer.toolCalls.flatMap((toolCall, i): Frame[] => [
        {
          text: chunk(index, {
            tool_calls: [{
              index: i,
              id: callIds[i],
              type: "function",
              function: { name: toolCall.name, arguments: "" },
            }],
          }),
          output: toolCallOverhead,
        },
        ...chunked(toolCall.tokens, call.controls.chunks ?? toolCall.tokens.length).map((
          tokens,
        ) => ({
          text: chunk(index, {
            tool_calls: [{ index: i, function: { arguments: tokens.join("") } }],
          }),
          output: tokens.length,
        })),
      ]),
      { text: chunk(index, {}, finishReasons[answer.finish]) },
    ];
  });
  if (withUsage && usage !== null) {
    frames.push({
      text: sse({ ...common, object: "chat.completion.chunk", choices: [], usage }),
    });
  }
  frames.push({ text: "data: [DONE]\n\n" });
  return frames;
}
