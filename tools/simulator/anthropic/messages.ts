/**
 * `POST /v1/messages`.
 *
 * @module
 */
import { emptyBuckets, type UsageBuckets } from "@/core/event/usage.ts";
import { type Answer, composeAnswer, toolCallOverhead, visibleTokens } from "../answer.ts";
import type { Frame, Reply, WireCall } from "../reply.ts";
import { chunked } from "../tokens.ts";
import { anthropicErrorEvent } from "./errors.ts";
import { messagesBody, messagesPrompt, parseBody } from "./prompt.ts";
import type { Prompt } from "../prompt.ts";

const stopReasons = {
  stop: "end_turn",
  length: "max_tokens",
  tool: "tool_use",
  filter: "refusal",
} as const;

export function messages(call: WireCall): Reply {
  const body = parseBody(messagesBody, call.body);
  const prompt = messagesPrompt(body);
  const input = countInput(call, prompt);
  const wanted = Math.round((prompt.reasoning ?? 0) * (0.3 + 0.7 * call.random.next()));
  const answer = composeAnswer(prompt, wanted, call.controls, call.random);
  const id = `msg_01${call.random.id(22)}`;
  const message = {
    model: call.traits.answersAs,
    id,
    type: "message",
    role: "assistant",
  };
  const output = visibleTokens(answer);
  const stop = {
    stop_reason: stopReasons[answer.finish],
    stop_sequence: null,
    stop_details: null,
  };
  return {
    endpoint: "messages",
    id,
    model: call.traits.answersAs,
    stream: body.stream ?? false,
    contentType: body.stream ? "text/event-stream; charset=utf-8" : "application/json",
    frames: body.stream ? streamFrames(call, message, answer, stop, input) : [{
      text: JSON.stringify({
        ...message,
        content: contentOf(call, answer),
        ...stop,
        ...(call.controls.usage !== "none" &&
          { usage: usageOf(input, output, answer.reasoning.length) }),
      }),
      output,
      reasoning: answer.reasoning.length,
    }],
    input,
    failure: `event: error\ndata: ${JSON.stringify(anthropicErrorEvent(529))}\n\n`,
  };
}

function countInput(call: WireCall, prompt: Prompt): UsageBuckets {
  const { fresh, read, written5m, written1h } = call.cache.marked(call.cacheScope, prompt.blocks);
  return {
    ...emptyBuckets(),
    input: fresh,
    cache_read: read,
    cache_write_5m: written5m,
    cache_write_1h: written1h,
  };
}

function usageOf(input: UsageBuckets, output: number, reasoning: number) {
  return {
    input_tokens: input.input,
    cache_creation_input_tokens: input.cache_write_5m + input.cache_write_1h,
    cache_read_input_tokens: input.cache_read,
    cache_creation: {
      ephemeral_5m_input_tokens: input.cache_write_5m,
      ephemeral_1h_input_tokens: input.cache_write_1h,
    },
    output_tokens: output + reasoning,
    ...(reasoning > 0 && { output_tokens_details: { thinking_tokens: reasoning } }),
    service_tier: "standard",
    inference_geo: "global",
  };
}

function contentOf(call: WireCall, answer: Answer): object[] {
  return [
    ...(answer.reasoning.length > 0
      ? [{
        type: "thinking",
        thinking: answer.reasoning.join("").trim(),
        signature: signature(call),
      }]
      : []),
    ...(answer.text.length > 0 ? [{ type: "text", text: answer.text.join("") }] : []),
    ...answer.toolCalls.map((toolCall) => ({
      type: "tool_use",
      id: `toolu_01${call.random.id(22)}`,
      name: toolCall.name,
      input: toolCall.args,
    })),
  ];
}

function streamFrames(
  call: WireCall,
  message: object,
  answer: Answer,
  stop: object,
  input: UsageBuckets,
): Frame[] {
  const event = (type: string, fields: object) => {
    const json = JSON.stringify({ type, ...fields });
    // Anthropic pads the JSON of its events with blanks, so that lengths tell nothing.
    const padding = type === "ping" ? "" : " ".repeat(call.random.int(0, 14));
    return `event: ${type}\ndata: ${json.slice(0, -1)}${padding}}\n\n`;
  };
  const delta = (index: number, value: object) =>
    event("content_block_delta", { index, delta: value });
  const withUsage = call.controls.usage !== "none";
  const frames: Frame[] = [{
    text: event("message_start", {
      message: {
        ...message,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        stop_details: null,
        ...(withUsage && { usage: usageOf(input, call.random.int(1, 8), 0) }),
      },
    }),
  }];
  let index = 0;
  const block = (start: object, deltas: Frame[]) => {
    frames.push({ text: event("content_block_start", { index, content_block: start }) });
    if (index === 0) frames.push({ text: 'event: ping\ndata: {"type": "ping"}\n\n' });
    frames.push(...deltas, { text: event("content_block_stop", { index }) });
    index++;
  };
  // Anthropic sends a few tokens at a time.
  const cut = (tokens: readonly string[]) =>
    chunked(tokens, call.controls.chunks ?? Math.ceil(tokens.length / 4));

  if (answer.reasoning.length > 0) {
    block({ type: "thinking", thinking: "", signature: "" }, [
      ...cut(answer.reasoning).map((tokens) => ({
        text: delta(index, { type: "thinking_delta", thinking: tokens.join("") }),
        reasoning: tokens.length,
      })),
      { text: delta(index, { type: "signature_delta", signature: signature(call) }) },
    ]);
  }
  if (answer.text.length > 0) {
    block(
      { type: "text", text: "" },
      cut(answer.text).map((tokens) => ({
        text: delta(index, { type: "text_delta", text: tokens.join("") }),
        output: tokens.length,
      })),
    );
  }
  for (const toolCall of answer.toolCalls) {
    const id = `toolu_01${call.random.id(22)}`;
    block({ type: "tool_use", id, name: toolCall.name, input: {} }, [
      {
        text: delta(index, { type: "input_json_delta", partial_json: "" }),
        output: toolCallOverhead,
      },
      ...cut(toolCall.tokens).map((tokens) => ({
        text: delta(index, { type: "input_json_delta", partial_json: tokens.join("") }),
        output: tokens.length,
      })),
    ]);
  }
  const { service_tier: _, inference_geo: __, cache_creation: ___, ...usage } = usageOf(
    input,
    visibleTokens(answer),
    answer.reasoning.length,
  );
  frames.push(
    { text: event("message_delta", { delta: stop, ...(withUsage && { usage }) }) },
    { text: event("message_stop", {}) },
  );
  return frames;
}

function signature(call: WireCall): string {
  return `Eo${call.random.id(210)}==`;
}
