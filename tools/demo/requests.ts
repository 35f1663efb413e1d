/**
 * Requests as an application would write them, in the wire format of the provider it talks to.
 *
 * @module
 */

export interface DemoTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: object;
}

/** What an application wants to ask, whoever answers. */
export interface Ask {
  readonly provider: string;
  readonly model: string;
  readonly system: string | null;
  /** Questions and answers so far, from the first question on. */
  readonly turns: readonly string[];
  readonly tools: readonly DemoTool[];
  /** The result of a tool that the last question led to. */
  readonly toolResult: string | null;
  readonly json: object | null;
  readonly stream: boolean;
  /** Keeps the system text in the provider's prompt cache, where that has to be asked for. */
  readonly cached: boolean;
}

export interface ProviderRequest {
  /** The provider's own path, with its query. */
  readonly path: string;
  readonly body: object;
}

/** Builds the request for the provider. */
export function requestFor(ask: Ask): ProviderRequest {
  if (ask.provider === "anthropic") return anthropicRequest(ask);
  if (ask.provider === "google") return googleRequest(ask);
  return openaiRequest(ask);
}

/** A request for embeddings of some lines. */
export function embeddingRequest(model: string, input: readonly string[]): ProviderRequest {
  return { path: "/v1/embeddings", body: { model, input } };
}

/** Where the providers that speak OpenAI's language have their chat. */
const chatPaths: Readonly<Record<string, string>> = {
  groq: "/openai/v1/chat/completions",
  deepseek: "/chat/completions",
};

function openaiRequest(ask: Ask): ProviderRequest {
  const call = ask.tools[0];
  return {
    path: chatPaths[ask.provider] ?? "/v1/chat/completions",
    body: {
      model: ask.model,
      messages: [
        ...(ask.system ? [{ role: "system", content: ask.system }] : []),
        ...ask.turns.map((content, i) => ({ role: i % 2 === 0 ? "user" : "assistant", content })),
        ...(ask.toolResult && call
          ? [
            {
              role: "assistant",
              content: null,
              tool_calls: [{
                id: "call_lookup",
                type: "function",
                function: { name: call.name, arguments: "{}" },
              }],
            },
            { role: "tool", tool_call_id: "call_lookup", content: ask.toolResult },
          ]
          : []),
      ],
      ...(ask.tools.length > 0 && {
        tools: ask.tools.map((tool) => ({ type: "function", function: tool })),
      }),
      ...(ask.json && {
        response_format: {
          type: "json_schema",
          json_schema: { name: "answer", schema: ask.json },
        },
      }),
      ...(ask.stream && { stream: true }),
      // Mistral reports usage in every stream, and refuses fields that it does not know.
      ...(ask.stream && ask.provider !== "mistral" && { stream_options: { include_usage: true } }),
    },
  };
}

function anthropicRequest(ask: Ask): ProviderRequest {
  const call = ask.tools[0];
  return {
    path: "/v1/messages",
    body: {
      model: ask.model,
      max_tokens: 2_048,
      ...(ask.system && {
        system: ask.cached
          ? [{ type: "text", text: ask.system, cache_control: { type: "ephemeral" } }]
          : ask.system,
      }),
      messages: [
        ...ask.turns.map((content, i) => ({ role: i % 2 === 0 ? "user" : "assistant", content })),
        ...(ask.toolResult && call
          ? [
            {
              role: "assistant",
              content: [{ type: "tool_use", id: "toolu_lookup", name: call.name, input: {} }],
            },
            {
              role: "user",
              content: [{
                type: "tool_result",
                tool_use_id: "toolu_lookup",
                content: ask.toolResult,
              }],
            },
          ]
          : []),
      ],
      ...(ask.tools.length > 0 && {
        tools: ask.tools.map(({ parameters, ...tool }) => ({ ...tool, input_schema: parameters })),
      }),
      ...(ask.stream && { stream: true }),
    },
  };
}

function googleRequest(ask: Ask): ProviderRequest {
  const call = ask.tools[0];
  const verb = ask.stream ? "streamGenerateContent?alt=sse" : "generateContent";
  return {
    path: `/v1beta/models/${ask.model}:${verb}`,
    body: {
      contents: [
        ...ask.turns.map((text, i) => ({
          role: i % 2 === 0 ? "user" : "model",
          parts: [{ text }],
        })),
        ...(ask.toolResult && call
          ? [
            { role: "model", parts: [{ functionCall: { name: call.name, args: {} } }] },
            {
              role: "user",
              parts: [{
                functionResponse: { name: call.name, response: { result: ask.toolResult } },
              }],
            },
          ]
          : []),
      ],
      ...(ask.system && { systemInstruction: { parts: [{ text: ask.system }] } }),
      ...(ask.tools.length > 0 && { tools: [{ functionDeclarations: ask.tools }] }),
      ...(ask.json && {
        generationConfig: { responseMimeType: "application/json", responseSchema: ask.json },
      }),
    },
  };
}
