/**
 * Plain OpenTelemetry over OTLP/HTTP with protobuf: spans with the `gen_ai.*` attributes of the semantic
 * conventions become calls, priced like any other.
 */
import { SpanKind } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const baseUrl = Deno.env.get("WATCHLLM_BASE_URL") ?? "http://127.0.0.1:8787";
const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ "service.name": "billing-assistant" }),
  spanProcessors: [
    new BatchSpanProcessor(
      new OTLPTraceExporter({
        url: `${baseUrl}/v1/traces`,
        headers: { authorization: `Bearer ${Deno.env.get("WATCHLLM_API_KEY")}` },
      }),
    ),
  ],
});
provider.register();
const tracer = provider.getTracer("examples");

const traceId = tracer.startActiveSpan("answer invoice question", (root) => {
  root.setAttributes({ "user.id": "u_12", "session.id": "s_otel" });
  tracer.startActiveSpan("chat claude-sonnet-4-5", { kind: SpanKind.CLIENT }, (call) => {
    call.setAttributes({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "anthropic",
      "gen_ai.request.model": "claude-sonnet-4-5",
      "gen_ai.response.model": "claude-sonnet-4-5",
      "gen_ai.usage.input_tokens": 1_200,
      "gen_ai.usage.output_tokens": 85,
      "gen_ai.input.messages": JSON.stringify([
        { role: "user", parts: [{ type: "text", content: "Why was I charged twice?" }] },
      ]),
      "gen_ai.output.messages": JSON.stringify([
        { role: "assistant", parts: [{ type: "text", content: "One is a reservation." }] },
      ]),
    });
    call.end();
  });
  tracer.startActiveSpan("execute_tool find_invoice", (tool) => {
    tool.setAttributes({
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "find_invoice",
      "gen_ai.tool.call.id": "call_1",
    });
    tool.end();
  });
  root.end();
  return root.spanContext().traceId;
});

await provider.shutdown();
console.log(`${baseUrl}/dashboard/traces/${traceId}`);
