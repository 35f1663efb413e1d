/**
 * Recording the calls of an Anthropic client (`npm:@anthropic-ai/sdk`).
 *
 * @module
 */
import type { WatchLLM } from "./client.ts";
import type { Json } from "./events.ts";
import { defined } from "./span.ts";
import { type Method, recordingOf, watchMethod } from "./watched.ts";

/**
 * Records `messages.create` and `beta.messages.create`, streamed or not, with whatever goes through them
 * (`messages.stream`, tool runners). The client is changed in place and returned.
 *
 * Where its base URL is WatchLLM's gateway, calls are recorded there already: then they are only made
 * part of the present trace.
 */
export function wrapAnthropic<T extends object>(client: T, watch: WatchLLM): T {
  const wrapped: Json = client;
  const recording = recordingOf(wrapped, watch, "anthropic");
  for (const owner of [wrapped.messages, wrapped.beta?.messages]) {
    watchMethod(owner, messages, recording);
  }
  return client;
}

const messages: Method = {
  path: "messages",
  name: "create",
  begin: ({ model, system, messages }) => ({
    model,
    input: system === undefined ? messages : [{ role: "system", content: system }, ...messages],
  }),
  read({ id, model, usage, content, stop_reason }) {
    const calls = content?.filter(({ type }: Json) => type === "tool_use") ?? [];
    return defined({
      output: content,
      responseId: id,
      responseModel: model,
      usage,
      finishReason: stop_reason,
      toolCalls: calls.map(({ id, name, input }: Json) => ({ id, name, arguments: input })),
    });
  },
  gather() {
    let message: Json = {};
    const blocks: Json[] = [];
    const inputs: string[] = [];
    return {
      add(event) {
        const { type, index, delta } = event;
        if (type === "message_start") message = { ...event.message };
        if (type === "content_block_start") blocks[index] = { ...event.content_block };
        if (type === "content_block_delta") addDelta(blocks[index], inputs, index, delta);
        if (type === "message_delta") {
          message.stop_reason = delta?.stop_reason ?? message.stop_reason;
          message.usage = { ...message.usage, ...event.usage };
        }
      },
      answer() {
        for (const [index, text] of inputs.entries()) {
          if (text !== undefined && blocks[index]) blocks[index].input = parsed(text);
        }
        return { ...message, content: blocks.filter(Boolean) };
      },
    };
  },
};

function addDelta(block: Json, inputs: string[], index: number, delta: Json): void {
  if (!block) return;
  for (const name of ["text", "thinking"]) {
    if (delta[name] !== undefined) block[name] = (block[name] ?? "") + delta[name];
  }
  if (delta.signature !== undefined) block.signature = delta.signature;
  if (delta.partial_json !== undefined) {
    inputs[index] = (inputs[index] ?? "") + delta.partial_json;
  }
}

/** A tool's arguments; a stream that was cut leaves half of them, which is kept as text. */
function parsed(text: string): Json {
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch {
    return text;
  }
}
