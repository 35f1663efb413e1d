/**
 * The Vercel AI SDK, recorded by its own telemetry: calls, steps and tools are spans of one trace. The
 * provider is asked directly; point `baseURL` at the gateway to have the calls cached and priced there.
 */
import { createOpenAI } from "@ai-sdk/openai";
import { OpenTelemetry } from "@ai-sdk/otel";
import { aiSdkTelemetry, WatchLLM } from "@watchllm/sdk";
import { generateText, registerTelemetry, stepCountIs, tool } from "ai";
import { z } from "zod";

await using watch = new WatchLLM();
registerTelemetry(new OpenTelemetry({ tracer: aiSdkTelemetry(watch).tracer }));

const openai = createOpenAI({ baseURL: Deno.env.get("OPENAI_BASE_URL") });

const [text, trace] = await watch.trace("packing list", { userId: "u_3" }, async (trace) => {
  const { text } = await generateText({
    model: openai.chat("gpt-4o"),
    prompt: "What should I pack for three days in Lisbon?",
    tools: {
      get_weather: tool({
        description: "Weather of a city",
        inputSchema: z.object({ city: z.string() }),
        execute: ({ city }) => ({ city, celsius: 21, sky: "clear" }),
      }),
    },
    stopWhen: stepCountIs(3),
    telemetry: { functionId: "packing-list" },
  });
  trace.set({ output: text });
  return [text, trace] as const;
});

console.log(text);
console.log(`${watch.baseUrl}/dashboard/traces/${trace.traceId}`);
