/**
 * WatchLLM for TypeScript: traces, tool calls, scores and feedback into the event log, the providers'
 * clients recorded or sent through the gateway, analytics read back, webhooks verified. For Deno, Node
 * from 20, Bun, and browsers behind a proxy of yours. No dependencies.
 *
 * ```ts
 * import { WatchLLM } from "@watchllm/sdk";
 *
 * await using watch = new WatchLLM({ enabled: false });
 * await watch.trace("answer", { userId: "u_1" }, async (trace) => {
 *   const pages = await watch.tool("search", { input: { q: "refund" } }, () => ["Page 3"]);
 *   trace.set({ output: pages });
 * });
 * watch.score({ name: "helpful", value: 0.9 });
 * ```
 *
 * @module
 */
export { WatchLLM } from "./src/client.ts";
export type { Work } from "./src/client.ts";
export type { Counts } from "./src/outbox.ts";
export type { WatchLLMOptions } from "./src/options.ts";
export type { Loss, LossReason } from "./src/delivery.ts";
export type {
  GenerationOptions,
  Span,
  SpanOptions,
  SpanResult,
  ToolOptions,
  TraceFacts,
  TraceOptions,
  Usage,
  WorkOptions,
} from "./src/span.ts";
export type {
  AgentStepEvent,
  AlertEvent,
  ErrorFacts,
  EventBase,
  FeedbackEvent,
  Json,
  Outcome,
  PromptCallEvent,
  ScoreEvent,
  SpanBase,
  SpanEvent,
  SpanKind,
  ToolCallEvent,
  ToolCallFacts,
  WatchEvent,
} from "./src/events.ts";
export { Analytics, WatchLLMError } from "./src/analytics.ts";
export type { CallRow, LogFilter, Point, Range, Stats } from "./src/analytics.ts";
export { wrapOpenAI } from "./src/openai.ts";
export { wrapAnthropic } from "./src/anthropic.ts";
export { aiSdkTelemetry } from "./src/telemetry.ts";
export type { Telemetry, TelemetryOptions } from "./src/telemetry.ts";
export type { ProviderName, ProxyAddress } from "./src/proxy.ts";
export { verifyWebhook, WebhookError } from "./src/webhook.ts";
export type { HeaderSource, VerifyOptions } from "./src/webhook.ts";
