/**
 * Recording the calls of an OpenAI client (`npm:openai`, from version 4).
 *
 * @module
 */
import type { WatchLLM } from "./client.ts";
import type { Json } from "./events.ts";
import { defined } from "./span.ts";
import { type Method, recordingOf, watchMethod } from "./watched.ts";

/**
 * Records chat completions, responses, completions and embeddings, streamed or not, with whatever goes
 * through them (`parse`, `stream`, tool runners). The client is changed in place and returned.
 *
 * Where its base URL is WatchLLM's gateway, calls are recorded there already: then they are only made
 * part of the present trace.
 */
export function wrapOpenAI<T extends object>(client: T, watch: WatchLLM): T {
  const wrapped: Json = client;
  const recording = recordingOf(wrapped, watch, providerOf(`${wrapped.baseURL}`));
  for (const method of methods) {
    const owner = method.path.split(".").reduce((at, name) => at?.[name], wrapped);
    watchMethod(owner, method, recording);
  }
  return client;
}

const otherNames: Readonly<Record<string, string>> = { x: "xai", googleapis: "google" };

/** By the address's domain, which for all but two is the provider's name. */
function providerOf(baseUrl: string): string {
  const host = /\/\/([^/:]+)/.exec(baseUrl)?.[1] ?? "";
  const domain = host.split(".").at(-2) ?? "openai";
  // Addresses of a machine have no domain: whatever is there speaks OpenAI's dialect.
  return /\d/.test(domain) ? "openai" : otherNames[domain] ?? domain;
}

const chat: Method = {
  path: "chat.completions",
  name: "create",
  prepare: askForUsage,
  begin: ({ model, messages }) => ({ model, input: messages }),
  read: ({ id, model, usage, choices }) => {
    const [first] = choices ?? [];
    return defined({
      output: first?.message,
      responseId: id,
      responseModel: model,
      usage,
      finishReason: first?.finish_reason,
      toolCalls: first?.message?.tool_calls?.map(toolCall),
    });
  },
  gather: gatherChat,
};

const completions: Method = {
  ...chat,
  path: "completions",
  begin: ({ model, prompt }) => ({ model, input: prompt }),
  read: (answer) => ({ ...chat.read(answer), output: answer.choices?.[0]?.text }),
};

const responses: Method = {
  path: "responses",
  name: "create",
  begin: ({ model, input, instructions }) => ({
    model: model ?? "unknown",
    input: instructions === undefined ? input : { instructions, input },
  }),
  read: ({ id, model, usage, output, status }) =>
    defined({
      output,
      responseId: id,
      responseModel: model,
      usage,
      finishReason: status,
      toolCalls: output?.filter(({ type }: Json) => type === "function_call")
        .map(({ call_id, name, arguments: given }: Json) => ({
          id: call_id,
          name,
          arguments: given,
        })),
    }),
  gather() {
    let last: Json = {};
    return {
      add({ response }) {
        // `response.created` has the head, `response.completed` all of it.
        if (response) last = response;
      },
      answer: () => last,
    };
  },
};

const embeddings: Method = {
  path: "embeddings",
  name: "create",
  begin: ({ model, input }) => ({ model, input }),
  // The vectors are large and say nothing to a reader.
  read: ({ model, usage }) => defined({ responseModel: model, usage }),
  gather: () => ({ add() {}, answer: () => ({}) }),
};

const methods: readonly Method[] = [chat, completions, responses, embeddings];

/** A stream tells its usage only when asked; who did not ask is not shown the extra chunk. */
function askForUsage(request: Json): { request: Json; hide?: (chunk: Json) => boolean } {
  if (!request?.stream || request.stream_options?.include_usage !== undefined) return { request };
  return {
    request: {
      ...request,
      stream_options: { ...request.stream_options, include_usage: true },
    },
    hide: ({ choices, usage }) => Boolean(usage) && choices?.length === 0,
  };
}

function gatherChat() {
  const head: Json = {};
  const message: Json = { role: "assistant", content: "" };
  const calls: Json[] = [];
  let finish: string | undefined;
  let text = "";
  return {
    add({ id, model, usage, choices }: Json) {
      if (id) head.id = id;
      if (model) head.model = model;
      if (usage) head.usage = usage;
      const choice = choices?.find(({ index }: Json) => (index ?? 0) === 0);
      if (!choice) return;
      if (choice.finish_reason) finish = choice.finish_reason;
      if (choice.text) text += choice.text;
      const { content, refusal, tool_calls } = choice.delta ?? {};
      if (content) message.content += content;
      if (refusal) message.refusal = (message.refusal ?? "") + refusal;
      for (const part of tool_calls ?? []) {
        const call = calls[part.index ?? 0] ??= {
          id: part.id,
          type: "function",
          function: { name: "", arguments: "" },
        };
        if (part.id) call.id = part.id;
        if (part.function?.name) call.function.name = part.function.name;
        call.function.arguments += part.function?.arguments ?? "";
      }
    },
    answer: () => ({
      ...head,
      choices: [{
        message: { ...message, ...(calls.length > 0 && { tool_calls: calls.filter(Boolean) }) },
        text,
        finish_reason: finish,
      }],
    }),
  };
}

function toolCall({ id, function: called }: Json) {
  return { id, name: called?.name ?? "", arguments: called?.arguments };
}
