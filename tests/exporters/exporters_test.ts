/** Real exporters, each in a process of its own, send to the real routes: what arrives is what was sent. */
import { expect } from "expect";
import { inputTokens, outputTokens } from "@/core/event/usage.ts";
import { serveSimulator } from "@/tools/simulator/serve.ts";
import { useClickHouse } from "../fixtures/clickhouse.ts";
import { type TracesApi, tracesApi } from "../traces/fixture.ts";
import { type Ran, runChild } from "./child.ts";

const clickhouse = useClickHouse();

interface Installation extends AsyncDisposable {
  readonly t: TracesApi;
  readonly url: string;
}

async function installation(): Promise<Installation> {
  const db = await clickhouse.database();
  const t = await tracesApi(db);
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    (request) => t.api.app.fetch(request),
  );
  return {
    t,
    url: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await t[Symbol.asyncDispose]();
      await db[Symbol.asyncDispose]();
    },
  };
}

function succeeded(ran: Ran): void {
  if (ran.code !== 0) throw new Error(ran.output);
}

const range = "date_from=2000-01-01&date_to=2200-01-01";

/** A call inside an agent, with the attributes of the present conventions. */
const agentWithCall = `
  const tracer = trace.getTracer("my-app", "1.0");
  await tracer.startActiveSpan("agent", async (agent) => {
    agent.setAttributes({ "gen_ai.operation.name": "invoke_agent", "session.id": "s-1" });
    await tracer.startActiveSpan("chat gpt-4o", async (call) => {
      call.setAttributes({
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.usage.input_tokens": 2000,
        "gen_ai.usage.cache_read.input_tokens": 1500,
        "gen_ai.usage.output_tokens": 300,
        "gen_ai.usage.cost": 0.9,
        "gen_ai.response.finish_reasons": ["stop"],
        "user.id": "u-1",
        "own.attribute": 5,
      });
      await new Promise((resolve) => setTimeout(resolve, 5));
      call.end();
    });
    agent.recordException(new Error("nothing serious"));
    agent.end();
  });
`;

async function expectAgentWithCall(t: TracesApi) {
  await t.project();
  const { traces } = await t.get(`/v1/analytics/traces?${range}`);
  expect(traces).toMatchObject([{
    name: "agent",
    spans: 1,
    calls: 1,
    tokens_input: 2_000,
    tokens_output: 300,
    cost_usd: "0.006125",
    user_id: "u-1",
  }]);
  const { roots } = await t.get(`/v1/analytics/traces/${traces[0].trace_id}`);
  expect(roots).toMatchObject([{
    name: "agent",
    kind: "agent",
    children: [{
      name: "chat gpt-4o",
      kind: "call",
      call: { tokens_cache_read: 1_500, cost_usd: "0.006125", provider_cost_usd: "0.9" },
    }],
  }]);
  const { attributes } = await t.get(`/v1/analytics/unmapped-attributes?${range}`);
  expect(attributes).toMatchObject([{ name: "own.attribute", example: "5" }]);
}

for (
  const [encoding, exporter] of [
    ["HTTP/protobuf", "@opentelemetry/exporter-trace-otlp-proto@0.301.0"],
    ["HTTP/JSON", "@opentelemetry/exporter-trace-otlp-http@0.301.0"],
  ] as const
) {
  Deno.test(`the OpenTelemetry SDK over ${encoding}, compressed`, async () => {
    await using at = await installation();
    const ran = await runChild(
      `
      import { trace } from "npm:@opentelemetry/api@1.10.0";
      import { BatchSpanProcessor, BasicTracerProvider } from "npm:@opentelemetry/sdk-trace-base@2.12.0";
      import { AsyncLocalStorageContextManager } from "npm:@opentelemetry/context-async-hooks@2.12.0";
      import { context } from "npm:@opentelemetry/api@1.10.0";
      import { OTLPTraceExporter } from "npm:${exporter}";
      const exporter = new OTLPTraceExporter({
        url: Deno.env.get("URL") + "/v1/traces",
        headers: { authorization: "Bearer " + Deno.env.get("KEY") },
        compression: "gzip",
      });
      const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
      trace.setGlobalTracerProvider(provider);
      ${agentWithCall}
      await provider.forceFlush();
      await provider.shutdown();
      `,
      { URL: at.url, KEY: at.t.api.own.key },
    );
    if (!ran) return;
    succeeded(ran);
    await expectAgentWithCall(at.t);
  });
}

for (const protocol of ["http/protobuf", "http/json"]) {
  Deno.test(`Deno's own OpenTelemetry over ${protocol}`, async () => {
    await using at = await installation();
    const ran = await runChild(
      `
      import { trace } from "npm:@opentelemetry/api@1.9.0";
      ${agentWithCall}
      `,
      {
        OTEL_DENO: "true",
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_EXPORTER_OTLP_ENDPOINT: at.url,
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${at.t.api.own.key}`,
      },
    );
    if (!ran) return;
    succeeded(ran);
    await expectAgentWithCall(at.t);
  });
}

Deno.test("@langfuse/otel to the address that Langfuse has for it", async () => {
  await using at = await installation();
  const ran = await runChild(
    `
    import { LangfuseSpanProcessor } from "npm:@langfuse/otel@5.11.1";
    import { startObservation, setLangfuseTracerProvider } from "npm:@langfuse/tracing@5.11.1";
    import { BasicTracerProvider } from "npm:@opentelemetry/sdk-trace-base@2.12.0";
    const processor = new LangfuseSpanProcessor({
      publicKey: "pk-lf-1",
      secretKey: Deno.env.get("KEY"),
      baseUrl: Deno.env.get("URL"),
      environment: "staging",
    });
    const provider = new BasicTracerProvider({ spanProcessors: [processor] });
    setLangfuseTracerProvider(provider);
    const root = startObservation("handle request", { input: { question: "Weather?" } });
    const generation = root.startObservation("answer", {
      model: "gpt-4o",
      input: [{ role: "user", content: "Weather?" }],
      usageDetails: { input: 500, output: 300, cache_read_input_tokens: 1500 },
      costDetails: { total: 0.9 },
    }, { asType: "generation" });
    generation.update({ output: { role: "assistant", content: "Rain." } }).end();
    root.end();
    await provider.forceFlush();
    await provider.shutdown();
    `,
    { URL: at.url, KEY: at.t.api.own.key },
  );
  if (!ran) return;
  succeeded(ran);
  await at.t.project();
  const { traces } = await at.t.get(`/v1/analytics/traces?${range}`);
  expect(traces).toMatchObject([{
    name: "handle request",
    calls: 1,
    spans: 1,
    tokens_input: 2_000,
    tokens_output: 300,
    cost_usd: "0.006125",
    environment: "staging",
  }]);
  const { roots } = await at.t.get(`/v1/analytics/traces/${traces[0].trace_id}`);
  const [{ children: [generation] }] = roots;
  const { request, response } = await at.t.get(`/v1/analytics/event/${generation.event_id}`);
  expect(request.messages).toEqual([{ role: "user", content: "Weather?" }]);
  expect(response.choices[0].message.content).toBe("Rain.");
});

const versions = [["5.0.277", "2.0.130"], ["6.0.325", "3.0.141"]] as const;
for (const [ai, openai] of versions) {
  Deno.test(`the Vercel AI SDK ${ai} with telemetry, over the simulator`, async () => {
    await using at = await installation();
    const simulator = serveSimulator();
    try {
      const ran = await runChild(
        `
        import { generateText, streamText } from "npm:ai@${ai}";
        import { createOpenAI } from "npm:@ai-sdk/openai@${openai}";
        import { BatchSpanProcessor, BasicTracerProvider } from "npm:@opentelemetry/sdk-trace-base@2.12.0";
        import { OTLPTraceExporter } from "npm:@opentelemetry/exporter-trace-otlp-proto@0.301.0";
        import { AsyncLocalStorageContextManager } from "npm:@opentelemetry/context-async-hooks@2.12.0";
        import { context } from "npm:@opentelemetry/api@1.10.0";
        context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
        const exporter = new OTLPTraceExporter({
          url: Deno.env.get("URL") + "/v1/traces",
          headers: { authorization: "Bearer " + Deno.env.get("KEY") },
        });
        const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
        const openai = createOpenAI({ apiKey: "sk-1", baseURL: Deno.env.get("SIMULATOR") + "/v1" });
        const telemetry = {
          isEnabled: true,
          functionId: "ask",
          metadata: { userId: "u-1", plan: "pro" },
          tracer: provider.getTracer("ai"),
        };
        const asked = { model: openai.chat("gpt-4o"), experimental_telemetry: telemetry };
        await generateText({ ...asked, prompt: "What is the capital of France?" });
        for await (const _ of streamText({ ...asked, prompt: "And of Spain?" }).textStream);
        await provider.forceFlush();
        await provider.shutdown();
        `,
        { URL: at.url, KEY: at.t.api.own.key, SIMULATOR: simulator.url },
      );
      if (!ran) return;
      succeeded(ran);
      await at.t.project();
      const { logs } = await at.t.get(`/v1/analytics/logs?${range}&order=asc`);
      expect(logs).toHaveLength(2);
      // What the provider billed is what arrives, the calls' own spans and not their parents counted.
      simulator.bills.forEach(({ buckets }, i) => {
        expect(logs[i]).toMatchObject({
          provider: "openai",
          model: "gpt-4o",
          tokens_input: inputTokens(buckets),
          tokens_output: outputTokens(buckets),
          user_id: "u-1",
          properties: { plan: "pro" },
        });
        expect(logs[i].cost_usd).not.toBeNull();
      });
      const { traces } = await at.t.get(`/v1/analytics/traces?${range}`);
      expect(traces).toMatchObject([{ calls: 1, spans: 1 }, { calls: 1, spans: 1 }]);
      const { request, response } = await at.t.get(`/v1/analytics/event/${logs[0].event_id}`);
      expect(request.messages).toEqual([{
        role: "user",
        content: "What is the capital of France?",
      }]);
      expect(response.choices[0].message.content).not.toBe("");
    } finally {
      await simulator.close();
    }
  });
}
