/**
 * What kind of work a span is, and whether it is a call of a model: what counts, costs and is listed.
 *
 * @module
 */
import type { Endpoint } from "../../event/call.ts";
import type { SpanKind } from "../../event/span.ts";
import type { Field } from "./mapping.ts";
import type { Read } from "./read_attributes.ts";

export type Work =
  | { readonly isCall: true; readonly endpoint: Endpoint; readonly kind: SpanKind }
  | { readonly isCall: false; readonly kind: SpanKind };

/** `gen_ai.operation.name` and `llm.request.type` of calls. */
const calls: Readonly<Record<string, Endpoint>> = {
  chat: "chat",
  text_completion: "text_completion",
  completion: "text_completion",
  generate_content: "generate_content",
  embeddings: "embeddings",
  embedding: "embeddings",
  response: "responses",
  responses: "responses",
  messages: "messages",
  rerank: "other",
};

/** The Vercel AI SDK's operations: the outer one holds the sum of the inner ones' tokens. */
const aiCall = /\.(doGenerate|doStream)$/;
const aiEmbed = /\.doEmbed$/;

const kinds: Readonly<Record<string, SpanKind>> = {
  span: "span",
  event: "event",
  agent: "agent",
  chain: "chain",
  workflow: "chain",
  task: "span",
  tool: "tool",
  retriever: "retriever",
  reranker: "reranker",
  embedding: "embedding",
  guardrail: "guardrail",
  evaluator: "evaluator",
  execute_tool: "tool",
  invoke_agent: "agent",
  create_agent: "agent",
  invoke_workflow: "chain",
  retrieval: "retriever",
};

const llmKinds: ReadonlySet<string> = new Set(["llm", "generation", "chat_model"]);

function isOf(kind: SpanKind): Work {
  return { isCall: false, kind };
}

function call(endpoint: Endpoint): Work {
  return { isCall: true, endpoint, kind: endpoint === "embeddings" ? "embedding" : "call" };
}

/**
 * By the AI SDK's operation, the conventions' words, or at last by what the span names and used.
 */
export function workOf(fields: ReadonlyMap<Field, Read>): Work {
  const operation = wordOf(fields.get("operation"));
  const kind = wordOf(fields.get("kind"));
  const named = fields.has("model") || fields.has("response_model");
  if (operation.startsWith("ai.")) {
    if (aiCall.test(operation)) return call("chat");
    if (aiEmbed.test(operation)) return call("embeddings");
    return isOf(operation === "ai.toolCall" ? "tool" : "chain");
  }
  const endpoint = own(calls, operation);
  if (endpoint) return call(endpoint);
  const other = own(kinds, operation);
  if (other) return isOf(other);
  if (llmKinds.has(kind)) return call("chat");
  if (kind === "embedding" && named) return call("embeddings");
  const said = own(kinds, kind);
  if (said) return isOf(said);
  if (fields.has("tool_name")) return isOf("tool");
  // Nobody says what it is, but it names a model and what it used: older instrumentations of models.
  const used = fields.has("tokens_input") || fields.has("tokens_output") || fields.has("usage");
  return named && used ? call("chat") : isOf("span");
}

/** Words come from clients: one may be `constructor`. */
function own<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

function wordOf(read: Read | undefined): string {
  const value = typeof read?.value === "string" ? read.value : "";
  // `ai.generateText.doGenerate my-function`: the function's name may follow.
  return value.startsWith("ai.") ? value.split(" ")[0] ?? "" : value.toLowerCase();
}
