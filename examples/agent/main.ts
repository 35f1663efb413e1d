/**
 * An agent with two tools. Its model calls go through the gateway, which records and prices them; the
 * tools are spans of the same trace.
 */
import { WatchLLM } from "@watchllm/sdk";
import OpenAI from "openai";

await using watch = new WatchLLM();

const tools: Record<string, (input: { city?: string }) => unknown> = {
  get_weather: ({ city }) => ({ city, celsius: 21, sky: "clear" }),
  get_time: () => ({ time: new Date().toISOString() }),
};

const declared = Object.keys(tools).map((name) => ({
  type: "function" as const,
  function: {
    name,
    description: name.replace("_", " "),
    parameters: { type: "object", properties: { city: { type: "string" } } },
  },
}));

const question = "What is the weather in Lisbon, and what time is it there?";

const [answer, trace] = await watch.trace(
  "weather agent",
  { userId: "u_81", sessionId: "s_agent", properties: { feature: "weather" }, input: question },
  async (trace) => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: question }];
    for (let step = 0; step < 4; step++) {
      const { baseURL, apiKey, headers } = watch.proxy("openai");
      const openai = new OpenAI({ baseURL, apiKey, defaultHeaders: headers });
      const reply = await openai.chat.completions.create({
        model: "gpt-4o",
        messages,
        tools: declared,
        tool_choice: step === 0 ? "required" : "auto",
      });
      const message = reply.choices[0]?.message;
      if (!message) break;
      messages.push(message);
      if (!message.tool_calls?.length) {
        trace.set({ output: message.content });
        return [message.content, trace] as const;
      }
      for (const call of message.tool_calls) {
        if (call.type !== "function") continue;
        const input = JSON.parse(call.function.arguments || "{}");
        const result = await watch.tool(
          call.function.name,
          { input, toolId: call.id },
          () => tools[call.function.name]?.(input) ?? { error: "no such tool" },
        );
        messages.push({ role: "tool", tool_call_id: call.id, content: JSON.stringify(result) });
      }
    }
    return [null, trace] as const;
  },
);

watch.score({ name: "answered", value: answer !== null, trace_id: trace.traceId });
console.log(answer);
console.log(`${watch.baseUrl}/dashboard/traces/${trace.traceId}`);
