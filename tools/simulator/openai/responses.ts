/**
 * `POST /v1/responses`.
 *
 * @module
 */
import { type Answer, composeAnswer, toolCallOverhead, visibleTokens } from "../answer.ts";
import type { Frame, Reply, WireCall } from "../reply.ts";
import { chunked } from "../tokens.ts";
import { openaiErrorEvent } from "./errors.ts";
import { parseBody, responsesBody, responsesPrompt } from "./prompt.ts";
import { countInput, reasoningTokens, responsesUsage } from "./usage.ts";

/** One output item: empty as it is announced, full as it ends, and the deltas between. */
interface Item {
  readonly announced: object;
  readonly finished: object;
  readonly between: (outputIndex: number) => readonly EventDraft[];
  readonly reasoning: number;
}

interface EventDraft {
  readonly type: string;
  readonly fields: object;
  readonly output?: number;
}

export function response(call: WireCall): Reply {
  const body = parseBody(responsesBody, call.body);
  const prompt = responsesPrompt(body);
  const input = countInput(call, prompt);
  const answer = composeAnswer(
    prompt,
    reasoningTokens(call, prompt),
    call.controls,
    call.random,
  );
  const id = `resp_${call.random.hex(50)}`;
  const items = itemsOf(call, answer);
  const complete = answer.finish === "stop" || answer.finish === "tool";
  const output = visibleTokens(answer);
  const envelope = (status: string, final: boolean) => ({
    id,
    object: "response",
    created_at: call.now,
    status,
    background: false,
    error: null,
    incomplete_details: final && !complete
      ? { reason: answer.finish === "filter" ? "content_filter" : "max_output_tokens" }
      : null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    model: call.traits.answersAs,
    output: final ? items.map((item) => item.finished) : [],
    parallel_tool_calls: true,
    previous_response_id: body.previous_response_id ?? null,
    reasoning: { effort: body.reasoning?.effort ?? null, summary: null },
    service_tier: final ? "default" : "auto",
    store: true,
    temperature: 1,
    text: { format: body.text?.format ?? { type: "text" }, verbosity: "medium" },
    tool_choice: body.tool_choice ?? "auto",
    tools: body.tools ?? [],
    top_p: 1,
    truncation: "disabled",
    usage: final && call.controls.usage !== "none"
      ? responsesUsage(input, output, answer.reasoning.length)
      : null,
    user: null,
    metadata: body.metadata ?? {},
  });
  const status = complete ? "completed" : "incomplete";
  return {
    endpoint: "responses",
    id,
    model: call.traits.answersAs,
    stream: body.stream ?? false,
    contentType: body.stream ? "text/event-stream; charset=utf-8" : "application/json",
    frames: body.stream ? streamFrames(envelope, status, items) : [{
      text: JSON.stringify(envelope(status, true), null, 2),
      output,
      reasoning: answer.reasoning.length,
    }],
    input,
    failure: `event: error\ndata: ${JSON.stringify(openaiErrorEvent())}\n\n`,
  };
}

function streamFrames(
  envelope: (status: string, final: boolean) => object,
  status: string,
  items: readonly Item[],
): Frame[] {
  let sequence = 0;
  const event = (type: string, fields: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...fields, sequence_number: sequence++ })}\n\n`;
  const running = envelope("in_progress", false);
  return [
    { text: event("response.created", { response: running }) },
    { text: event("response.in_progress", { response: running }) },
    ...items.flatMap((item, index): Frame[] => [
      {
        text: event("response.output_item.added", { output_index: index, item: item.announced }),
      },
      ...item.between(index).map(({ type, fields, output = 0 }) => ({
        text: event(type, fields),
        output,
      })),
      {
        text: event("response.output_item.done", { output_index: index, item: item.finished }),
        reasoning: item.reasoning,
      },
    ]),
    { text: event(`response.${status}`, { response: envelope(status, true) }) },
  ];
}

function itemsOf(call: WireCall, answer: Answer): Item[] {
  const items: Item[] = [];
  if (answer.reasoning.length > 0) items.push(reasoningItem(call, answer));
  for (const toolCall of answer.toolCalls) items.push(functionCallItem(call, toolCall));
  if (answer.toolCalls.length === 0) items.push(messageItem(call, answer));
  return items;
}

function reasoningItem(call: WireCall, answer: Answer): Item {
  const item = { id: `rs_${call.random.hex(50)}`, type: "reasoning", summary: [] };
  return {
    announced: item,
    finished: item,
    between: () => [],
    reasoning: answer.reasoning.length,
  };
}

function messageItem(call: WireCall, answer: Answer): Item {
  const id = `msg_${call.random.hex(50)}`;
  const text = answer.text.join("");
  const textPart = (value: string) => ({
    type: "output_text",
    annotations: [],
    logprobs: [],
    text: value,
  });
  const item = (status: string, content: object[]) => ({
    id,
    type: "message",
    status,
    content,
    role: "assistant",
  });
  return {
    announced: item("in_progress", []),
    finished: item(answer.finish === "length" ? "incomplete" : "completed", [textPart(text)]),
    reasoning: 0,
    between: (output_index) => {
      const place = { item_id: id, output_index, content_index: 0 };
      return [
        { type: "response.content_part.added", fields: { ...place, part: textPart("") } },
        ...chunked(answer.text, call.controls.chunks ?? answer.text.length).map((tokens) => ({
          type: "response.output_text.delta",
          fields: {
            ...place,
            delta: tokens.join(""),
            logprobs: [],
            obfuscation: call.random.id(8),
          },
          output: tokens.length,
        })),
        { type: "response.output_text.done", fields: { ...place, text, logprobs: [] } },
        { type: "response.content_part.done", fields: { ...place, part: textPart(text) } },
      ];
    },
  };
}

function functionCallItem(call: WireCall, toolCall: Answer["toolCalls"][number]): Item {
  const id = `fc_${call.random.hex(50)}`;
  const args = toolCall.tokens.join("");
  const base = { id, type: "function_call", call_id: `call_${call.random.id(24)}` };
  const item = (status: string, argumentsSoFar: string) => ({
    ...base,
    status,
    arguments: argumentsSoFar,
    name: toolCall.name,
  });
  return {
    announced: item("in_progress", ""),
    finished: item("completed", args),
    reasoning: 0,
    between: (output_index) => [
      ...chunked(toolCall.tokens, call.controls.chunks ?? toolCall.tokens.length).map((
        tokens,
        i,
      ) => ({
        type: "response.function_call_arguments.delta",
        fields: { item_id: id, output_index, delta: tokens.join("") },
        output: tokens.length + (i === 0 ? toolCallOverhead : 0),
      })),
      {
        type: "response.function_call_arguments.done",
        fields: { item_id: id, output_index, arguments: args },
      },
    ],
  };
}
