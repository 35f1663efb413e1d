import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI, Type } from "@google/genai";
import { expect } from "expect";
import OpenAI from "openai";
import { providers } from "@/core/gateway/providers/table.ts";
import { projectKey } from "@/tests/gateway/fixture.ts";
import { serveSimulator } from "@/tools/simulator/serve.ts";
import { type Cached, cachedGateway } from "./fixture.ts";

/** What an SDK makes of one request, in both forms. */
interface Forms {
  readonly whole: () => Promise<unknown>;
  readonly streamed: () => Promise<unknown>;
}

async function simulated(): Promise<Cached & { readonly calls: () => number }> {
  const simulator = serveSimulator();
  const names = [...providers.keys()];
  const cached = await cachedGateway({
    upstreams: Object.fromEntries(names.map((name) => [name, `${simulator.url}/${name}`])),
    providerKeys: Object.fromEntries(names.map((name) => [name, "sk-simulated"])),
  });
  return Object.assign(cached, {
    calls: () => simulator.bills.length,
    async [Symbol.asyncDispose]() {
      await cached.running[Symbol.asyncDispose]();
      await cached.store.idle();
      cached.kv.close();
      await simulator.close();
    },
  });
}

/** Whichever form was bought, both forms are given again and the SDK makes the same of them. */
async function expectSame(make: (url: string) => Forms): Promise<void> {
  for (const first of ["whole", "streamed"] as const) {
    await using cached = await simulated();
    const forms = make(cached.url);
    const bought = await forms[first]();
    expect(await forms.whole()).toEqual(bought);
    expect(await forms.streamed()).toEqual(bought);
    const statuses = cached.running.log.records.map(({ event }) => event.data.cache);
    expect([first, statuses]).toEqual([first, ["MISS", "HIT", "HIT"]]);
    expect(cached.calls()).toBe(1);
  }
}

const weather = {
  name: "get_weather",
  description: "Weather of a city",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

for (const tools of [false, true]) {
  Deno.test(`openai chat${tools ? " with tools" : ""}: a hit parses as the miss did, in both forms`, async () => {
    await expectSame((url) => {
      const openai = new OpenAI({ apiKey: projectKey, baseURL: `${url}/v1`, maxRetries: 0 });
      const body = {
        model: "gpt-4o",
        temperature: 0,
        messages: [{ role: "user" as const, content: "What is the weather in Seville?" }],
        ...(tools && {
          tools: [{ type: "function" as const, function: weather }],
          tool_choice: "required" as const,
        }),
      };
      const plain = (answer: OpenAI.ChatCompletion) => ({
        ...answer,
        // What the SDK adds, and what only one of the forms tells.
        choices: answer.choices.map(({ message, finish_reason }) => ({
          finish_reason,
          content: message.content || null,
          calls: message.tool_calls?.map((call) =>
            call.type === "function" ? [call.id, call.function.name, call.function.arguments] : []
          ),
        })),
      });
      return {
        whole: async () => plain(await openai.chat.completions.create(body)),
        streamed: async () =>
          plain(
            await openai.chat.completions.stream({
              ...body,
              stream_options: { include_usage: true },
            }).finalChatCompletion(),
          ),
      };
    });
  });
}

Deno.test("openai responses: a hit parses as the miss did, in both forms", async () => {
  await expectSame((url) => {
    const openai = new OpenAI({ apiKey: projectKey, baseURL: `${url}/v1`, maxRetries: 0 });
    const body = { model: "gpt-4o", temperature: 0, input: "Why does this query get slow?" };
    const plain = ({ id, output, usage, status }: OpenAI.Responses.Response) => ({
      id,
      status,
      usage,
      texts: output.flatMap((item) =>
        item.type === "message"
          ? item.content.map((part) => part.type === "output_text" ? part.text : part.refusal)
          : [item.type]
      ),
    });
    return {
      whole: async () => plain(await openai.responses.create(body)),
      streamed: async () => plain(await openai.responses.stream(body).finalResponse()),
    };
  });
});

for (const kind of ["text", "thinking", "tools"] as const) {
  Deno.test(`anthropic messages, ${kind}: a hit parses as the miss did, in both forms`, async () => {
    await expectSame((url) => {
      const anthropic = new Anthropic({
        apiKey: projectKey,
        baseURL: url,
        maxRetries: 0,
        defaultHeaders: { "x-watchllm-cache-mode": "on" },
      });
      const body = {
        model: "claude-sonnet-4-5",
        max_tokens: 3_000,
        messages: [{ role: "user" as const, content: "What is the weather in Seville?" }],
        ...(kind === "thinking" && {
          thinking: { type: "enabled" as const, budget_tokens: 1_024 },
        }),
        ...(kind === "tools" && {
          tools: [{
            name: weather.name,
            description: weather.description,
            input_schema: { type: "object" as const, properties: { city: { type: "string" } } },
          }],
          tool_choice: { type: "any" as const },
        }),
      };
      const plain = ({ id, content, stop_reason, usage }: Anthropic.Message) => ({
        id,
        stop_reason,
        input: usage.input_tokens,
        output: usage.output_tokens,
        content: content.map((block) => JSON.parse(JSON.stringify(block))),
      });
      return {
        whole: async () => plain(await anthropic.messages.create(body)),
        streamed: async () => plain(await anthropic.messages.stream(body).finalMessage()),
      };
    });
  });
}

for (const tools of [false, true]) {
  Deno.test(`gemini${tools ? " with tools" : ""}: a hit parses as the miss did, in both forms`, async () => {
    await expectSame((url) => {
      const google = new GoogleGenAI({ apiKey: projectKey, httpOptions: { baseUrl: url } });
      const request = {
        model: "gemini-2.5-flash",
        contents: "What is the weather in Seville?",
        config: {
          temperature: 0,
          ...(tools && {
            tools: [{
              functionDeclarations: [{
                name: weather.name,
                description: weather.description,
                parameters: {
                  type: Type.OBJECT,
                  properties: { city: { type: Type.STRING } },
                  required: ["city"],
                },
              }],
            }],
          }),
        },
      };
      return {
        whole: async () => {
          const answer = await google.models.generateContent(request);
          return {
            id: answer.responseId,
            text: tools ? undefined : answer.text,
            calls: answer.functionCalls,
            finish: answer.candidates?.[0]?.finishReason,
            tokens: answer.usageMetadata?.totalTokenCount,
          };
        },
        streamed: async () => {
          const seen = {
            id: undefined,
            text: "",
            calls: undefined,
            finish: undefined,
            tokens: undefined,
          };
          const told: Record<string, unknown> = { ...seen };
          for await (const chunk of await google.models.generateContentStream(request)) {
            told.id = chunk.responseId ?? told.id;
            if (!tools) told.text = `${told.text}${chunk.text ?? ""}`;
            told.calls = chunk.functionCalls ?? told.calls;
            told.finish = chunk.candidates?.[0]?.finishReason ?? told.finish;
            told.tokens = chunk.usageMetadata?.totalTokenCount ?? told.tokens;
          }
          return { ...told, text: tools ? undefined : told.text };
        },
      };
    });
  });
}

Deno.test("a translated answer is stored as its client got it, and parses the same in both forms", async () => {
  await expectSame((url) => {
    const openai = new OpenAI({
      apiKey: projectKey,
      baseURL: `${url}/v1`,
      maxRetries: 0,
      defaultHeaders: { "x-watchllm-cache-mode": "on" },
    });
    const body = {
      model: "anthropic/claude-sonnet-4-5",
      max_tokens: 500,
      messages: [{ role: "user" as const, content: "What is the weather in Seville?" }],
    };
    const plain = ({ id, choices, usage }: OpenAI.ChatCompletion) => ({
      id,
      text: choices[0]?.message.content,
      finish: choices[0]?.finish_reason,
      tokens: usage?.completion_tokens,
    });
    return {
      whole: async () => plain(await openai.chat.completions.create(body)),
      streamed: async () =>
        plain(
          await openai.chat.completions.stream({
            ...body,
            stream_options: { include_usage: true },
          }).finalChatCompletion(),
        ),
    };
  });
});
