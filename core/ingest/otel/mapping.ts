/**
 * Which attribute means what: OpenTelemetry's GenAI conventions in their present and former names,
 * OpenInference, the Vercel AI SDK, OpenLLMetry and Langfuse. Data alone; `map_span.ts` reads it.
 *
 * Of several attributes for one field the one that stands first here wins. A name that ends in `*` is a
 * family: everything that begins so. An attribute that no line names is kept as it is, and counted
 * (`GET /v1/analytics/unmapped-attributes`).
 *
 * @module
 */

/** Goes up with every change of what an attribute means. */
export const mappingVersion = 2;

export type Convention =
  | "gen_ai"
  | "openinference"
  | "ai"
  | "traceloop"
  | "langfuse"
  | "mlflow"
  | "general";

/**
 * What a line says. `known`: it has no place of its own and is kept as an attribute. `properties`: its
 * entries are properties to filter and group by.
 */
export type Field =
  | "operation"
  | "kind"
  | "provider"
  | "model"
  | "response_model"
  | "response_id"
  | "finish_reasons"
  | "messages_in"
  | "messages_out"
  | "system"
  | "input"
  | "output"
  | "text_out"
  | "tool_calls_out"
  | "reasoning_out"
  | "tools"
  | "tokens_input"
  | "tokens_output"
  | "tokens_cache_read"
  | "tokens_cache_write"
  | "tokens_reasoning"
  | "tokens_total"
  | "usage"
  | "provider_metadata"
  | "cost"
  | "cost_details"
  | "ttft_s"
  | "ttft_ms"
  | "first_token_at"
  | "stream"
  | "service_tier"
  | "user"
  | "session"
  | "environment"
  | "release"
  | "tags"
  | "level"
  | "status_message"
  | "error_type"
  | "tool_name"
  | "tool_call_id"
  | "tool_input"
  | "tool_output"
  | "properties"
  | "known";

export type Rule = readonly [name: string, field: Field, convention: Convention];

export const mapping: readonly Rule[] = [
  // What kind of work it is.
  ["gen_ai.operation.name", "operation", "gen_ai"],
  ["ai.operationId", "operation", "ai"],
  ["llm.request.type", "operation", "traceloop"],
  ["openinference.span.kind", "kind", "openinference"],
  ["langfuse.observation.type", "kind", "langfuse"],
  ["traceloop.span.kind", "kind", "traceloop"],
  ["mlflow.spanType", "kind", "mlflow"],

  // Who was asked.
  ["gen_ai.provider.name", "provider", "gen_ai"],
  ["gen_ai.system", "provider", "gen_ai"],
  ["ai.model.provider", "provider", "ai"],
  ["llm.provider", "provider", "openinference"],
  ["llm.system", "provider", "openinference"],
  ["llm.vendor", "provider", "traceloop"],

  ["gen_ai.request.model", "model", "gen_ai"],
  ["ai.model.id", "model", "ai"],
  ["langfuse.observation.model.name", "model", "langfuse"],
  ["llm.request.model", "model", "traceloop"],
  ["llm.model_name", "model", "openinference"],
  ["embedding.model_name", "model", "openinference"],
  ["reranker.model_name", "model", "openinference"],
  ["gen_ai.response.model", "response_model", "gen_ai"],
  ["ai.response.model", "response_model", "ai"],
  ["llm.response.model", "response_model", "traceloop"],
  ["gen_ai.response.id", "response_id", "gen_ai"],
  ["ai.response.id", "response_id", "ai"],
  ["llm.response.id", "response_id", "traceloop"],
  ["gen_ai.response.finish_reasons", "finish_reasons", "gen_ai"],
  ["ai.response.finishReason", "finish_reasons", "ai"],
  ["ai.finishReason", "finish_reasons", "ai"],
  ["llm.finish_reason", "finish_reasons", "openinference"],
  ["llm.response.finish_reason", "finish_reasons", "traceloop"],
  ["llm.response.stop_reason", "finish_reasons", "traceloop"],

  // What was said.
  ["gen_ai.input.messages", "messages_in", "gen_ai"],
  ["langfuse.observation.input", "input", "langfuse"],
  ["ai.prompt.messages", "messages_in", "ai"],
  ["llm.input_messages.*", "messages_in", "openinference"],
  ["gen_ai.prompt.*", "messages_in", "traceloop"],
  ["llm.prompts.*", "messages_in", "traceloop"],
  ["gen_ai.prompt", "input", "gen_ai"],
  ["gen_ai.system_instructions", "system", "gen_ai"],
  ["gen_ai.output.messages", "messages_out", "gen_ai"],
  ["langfuse.observation.output", "output", "langfuse"],
  ["llm.output_messages.*", "messages_out", "openinference"],
  ["gen_ai.completion.*", "messages_out", "traceloop"],
  ["llm.completions.*", "messages_out", "traceloop"],
  ["gen_ai.completion", "output", "gen_ai"],
  ["ai.response.text", "text_out", "ai"],
  ["ai.result.text", "text_out", "ai"],
  ["ai.response.object", "text_out", "ai"],
  ["ai.result.object", "text_out", "ai"],
  ["ai.response.toolCalls", "tool_calls_out", "ai"],
  ["ai.result.toolCalls", "tool_calls_out", "ai"],
  ["ai.response.reasoning", "reasoning_out", "ai"],
  ["gen_ai.tool.definitions", "tools", "gen_ai"],
  ["ai.prompt.tools", "tools", "ai"],
  ["llm.tools.*", "tools", "openinference"],
  ["llm.request.functions.*", "tools", "traceloop"],
  ["ai.prompt", "input", "ai"],
  ["ai.value", "input", "ai"],
  ["ai.values", "input", "ai"],
  ["input.value", "input", "openinference"],
  ["output.value", "output", "openinference"],
  ["traceloop.entity.input", "input", "traceloop"],
  ["traceloop.entity.output", "output", "traceloop"],
  ["mlflow.spanInputs", "input", "mlflow"],
  ["mlflow.spanOutputs", "output", "mlflow"],
  ["langfuse.trace.input", "input", "langfuse"],
  ["langfuse.trace.output", "output", "langfuse"],

  // Tokens. The input holds cached and written ones, the output reasoning, unless their sum says no.
  ["langfuse.observation.usage_details", "usage", "langfuse"],
  ["gen_ai.usage.input_tokens", "tokens_input", "gen_ai"],
  ["gen_ai.usage.prompt_tokens", "tokens_input", "gen_ai"],
  ["ai.usage.inputTokens", "tokens_input", "ai"],
  ["ai.usage.promptTokens", "tokens_input", "ai"],
  ["ai.usage.tokens", "tokens_input", "ai"],
  ["llm.token_count.prompt", "tokens_input", "openinference"],
  ["llm.usage.prompt_tokens", "tokens_input", "traceloop"],
  ["gen_ai.usage.output_tokens", "tokens_output", "gen_ai"],
  ["gen_ai.usage.completion_tokens", "tokens_output", "gen_ai"],
  ["ai.usage.outputTokens", "tokens_output", "ai"],
  ["ai.usage.completionTokens", "tokens_output", "ai"],
  ["llm.token_count.completion", "tokens_output", "openinference"],
  ["llm.usage.completion_tokens", "tokens_output", "traceloop"],
  ["gen_ai.usage.cache_read.input_tokens", "tokens_cache_read", "gen_ai"],
  ["gen_ai.usage.cache_read_input_tokens", "tokens_cache_read", "gen_ai"],
  ["gen_ai.usage.input_tokens.cached", "tokens_cache_read", "gen_ai"],
  ["gen_ai.usage.details.cache_read_tokens", "tokens_cache_read", "gen_ai"],
  ["ai.usage.inputTokenDetails.cacheReadTokens", "tokens_cache_read", "ai"],
  ["ai.usage.cachedInputTokens", "tokens_cache_read", "ai"],
  ["llm.token_count.prompt_details.cache_read", "tokens_cache_read", "openinference"],
  ["llm.usage.cache_read_input_tokens", "tokens_cache_read", "traceloop"],
  ["gen_ai.usage.cache_write.input_tokens", "tokens_cache_write", "gen_ai"],
  ["gen_ai.usage.cache_creation.input_tokens", "tokens_cache_write", "gen_ai"],
  ["gen_ai.usage.cache_creation_input_tokens", "tokens_cache_write", "gen_ai"],
  ["gen_ai.usage.details.cache_write_tokens", "tokens_cache_write", "gen_ai"],
  ["ai.usage.inputTokenDetails.cacheWriteTokens", "tokens_cache_write", "ai"],
  ["llm.token_count.prompt_details.cache_write", "tokens_cache_write", "openinference"],
  ["llm.usage.cache_creation_input_tokens", "tokens_cache_write", "traceloop"],
  ["gen_ai.usage.reasoning.output_tokens", "tokens_reasoning", "gen_ai"],
  ["gen_ai.usage.reasoning_tokens", "tokens_reasoning", "gen_ai"],
  ["gen_ai.usage.details.reasoning_tokens", "tokens_reasoning", "gen_ai"],
  ["ai.usage.outputTokenDetails.reasoningTokens", "tokens_reasoning", "ai"],
  ["ai.usage.reasoningTokens", "tokens_reasoning", "ai"],
  ["llm.token_count.completion_details.reasoning", "tokens_reasoning", "openinference"],
  ["llm.usage.reasoning_tokens", "tokens_reasoning", "traceloop"],
  ["gen_ai.usage.total_tokens", "tokens_total", "gen_ai"],
  ["ai.usage.totalTokens", "tokens_total", "ai"],
  ["llm.token_count.total", "tokens_total", "openinference"],
  ["llm.usage.total_tokens", "tokens_total", "traceloop"],

  // What the provider itself said, which the AI SDK hands on beside its own counts.
  ["ai.response.providerMetadata", "provider_metadata", "ai"],

  // Money and time.
  ["gen_ai.usage.cost", "cost", "gen_ai"],
  ["gen_ai.usage.total_cost", "cost", "gen_ai"],
  ["llm.cost.total", "cost", "openinference"],
  ["operation.cost", "cost", "general"],
  ["langfuse.observation.cost_details", "cost_details", "langfuse"],
  ["gen_ai.response.time_to_first_chunk", "ttft_s", "gen_ai"],
  ["gen_ai.server.time_to_first_token", "ttft_s", "gen_ai"],
  ["ai.response.msToFirstChunk", "ttft_ms", "ai"],
  ["ai.stream.msToFirstChunk", "ttft_ms", "ai"],
  ["langfuse.observation.completion_start_time", "first_token_at", "langfuse"],
  ["gen_ai.request.stream", "stream", "gen_ai"],
  ["llm.is_streaming", "stream", "traceloop"],
  ["gen_ai.is_streaming", "stream", "traceloop"],
  ["gen_ai.openai.response.service_tier", "service_tier", "gen_ai"],
  ["openai.response.service_tier", "service_tier", "gen_ai"],

  // Whom it belongs to.
  ["langfuse.user.id", "user", "langfuse"],
  ["user.id", "user", "general"],
  ["enduser.id", "user", "general"],
  ["enduser.pseudo.id", "user", "general"],
  ["gen_ai.user", "user", "gen_ai"],
  ["gen_ai.request.user", "user", "gen_ai"],
  ["llm.user", "user", "traceloop"],
  ["ai.telemetry.metadata.userId", "user", "ai"],
  ["ai.telemetry.metadata.user_id", "user", "ai"],
  ["traceloop.association.properties.user_id", "user", "traceloop"],
  ["langfuse.session.id", "session", "langfuse"],
  ["session.id", "session", "general"],
  ["gen_ai.conversation.id", "session", "gen_ai"],
  ["ai.telemetry.metadata.sessionId", "session", "ai"],
  ["ai.telemetry.metadata.session_id", "session", "ai"],
  ["traceloop.association.properties.session_id", "session", "traceloop"],
  ["langfuse.environment", "environment", "langfuse"],
  ["deployment.environment.name", "environment", "general"],
  ["deployment.environment", "environment", "general"],
  ["langfuse.release", "release", "langfuse"],
  ["service.version", "release", "general"],
  ["langfuse.trace.tags", "tags", "langfuse"],
  ["ai.telemetry.metadata.tags", "tags", "ai"],
  ["tag.tags", "tags", "openinference"],
  ["langfuse.observation.level", "level", "langfuse"],
  ["langfuse.observation.status_message", "status_message", "langfuse"],
  ["error.type", "error_type", "general"],

  // Tools.
  ["gen_ai.tool.name", "tool_name", "gen_ai"],
  ["ai.toolCall.name", "tool_name", "ai"],
  ["tool.name", "tool_name", "openinference"],
  ["gen_ai.tool.call.id", "tool_call_id", "gen_ai"],
  ["ai.toolCall.id", "tool_call_id", "ai"],
  ["tool.id", "tool_call_id", "openinference"],
  ["tool_call.id", "tool_call_id", "openinference"],
  ["gen_ai.tool.call.arguments", "tool_input", "gen_ai"],
  ["ai.toolCall.args", "tool_input", "ai"],
  ["ai.toolCall.input", "tool_input", "ai"],
  ["tool.parameters", "tool_input", "openinference"],
  ["gen_ai.tool.call.result", "tool_output", "gen_ai"],
  ["ai.toolCall.result", "tool_output", "ai"],
  ["ai.toolCall.output", "tool_output", "ai"],

  // Properties.
  ["ai.telemetry.metadata.*", "properties", "ai"],
  ["traceloop.association.properties.*", "properties", "traceloop"],
  ["langfuse.trace.metadata.*", "properties", "langfuse"],
  ["langfuse.observation.metadata.*", "properties", "langfuse"],
  ["langfuse.trace.metadata", "properties", "langfuse"],
  ["langfuse.observation.metadata", "properties", "langfuse"],
  ["metadata.*", "properties", "openinference"],
  ["metadata", "properties", "openinference"],

  // Known, and without a place of their own.
  ["gen_ai.*", "known", "gen_ai"],
  ["ai.*", "known", "ai"],
  ["llm.*", "known", "openinference"],
  ["embedding.*", "known", "openinference"],
  ["retrieval.*", "known", "openinference"],
  ["reranker.*", "known", "openinference"],
  ["document.*", "known", "openinference"],
  ["message.*", "known", "openinference"],
  ["tool.*", "known", "openinference"],
  ["agent.*", "known", "openinference"],
  ["graph.*", "known", "openinference"],
  ["prompt.*", "known", "openinference"],
  ["openinference.*", "known", "openinference"],
  ["input.mime_type", "known", "openinference"],
  ["output.mime_type", "known", "openinference"],
  ["traceloop.*", "known", "traceloop"],
  ["langfuse.*", "known", "langfuse"],
  ["mlflow.*", "known", "mlflow"],
  ["openai.*", "known", "gen_ai"],
  ["aws.bedrock.*", "known", "gen_ai"],
  ["azure.*", "known", "gen_ai"],
  ["operation.name", "known", "ai"],
  ["resource.name", "known", "ai"],
  ["http.*", "known", "general"],
  ["url.*", "known", "general"],
  ["server.*", "known", "general"],
  ["client.*", "known", "general"],
  ["network.*", "known", "general"],
  ["net.*", "known", "general"],
  ["user_agent.*", "known", "general"],
  ["rpc.*", "known", "general"],
  ["db.*", "known", "general"],
  ["messaging.*", "known", "general"],
  ["exception.*", "known", "general"],
  ["code.*", "known", "general"],
  ["thread.*", "known", "general"],
  ["service.*", "known", "general"],
  ["otel.*", "known", "general"],
];

/** Fields whose attributes hold the bodies: they are not kept a second time. */
export const bodyFields: ReadonlySet<Field> = new Set<Field>([
  "messages_in",
  "messages_out",
  "system",
  "input",
  "output",
  "text_out",
  "tool_calls_out",
  "reasoning_out",
  "tool_input",
  "tool_output",
]);
