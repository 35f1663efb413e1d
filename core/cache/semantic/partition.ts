/**
 * The context partition: entries are only ever compared with requests whose every other part is equal.
 * A hash of the whole context is the partition's name; hashes of its parts tell which part differed.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { canonicalJson } from "../canonical_json.ts";
import { volatileFields } from "../volatile.ts";

/** Fields by the part of the context they belong to; all others are `parameters`. */
const partOf: Readonly<Record<string, string>> = {
  system: "system",
  instructions: "system",
  systemInstruction: "system",
  system_instruction: "system",
  tools: "tools",
  tool_choice: "tools",
  toolConfig: "tools",
  functions: "tools",
  function_call: "tools",
  parallel_tool_calls: "tools",
  response_format: "response_format",
  text: "response_format",
  messages: "earlier_turns",
  input: "earlier_turns",
  contents: "earlier_turns",
  prompt: "earlier_turns",
};

export interface Partition {
  /** SHA-256 in hex over everything. */
  readonly name: string;
  /** SHA-256 of each part. */
  readonly components: Readonly<Record<string, string>>;
}

export interface Context {
  readonly projectId: string;
  readonly provider: string;
  readonly endpoint: string;
  readonly model: string;
  /** The body without its last user turn. */
  readonly context: Readonly<Record<string, unknown>>;
  readonly variant?: Readonly<Record<string, string>>;
  /** Similarities of different embedders do not compare, so each has its own partitions. */
  readonly embedder: string;
}

/** Names the partition of a context. */
export function partitionOf(input: Context): Partition {
  const { projectId, provider, endpoint, model, context, variant = {}, embedder } = input;
  // Lists of pairs, not objects: a field may be named `__proto__`.
  const parts: Record<string, [string, unknown][]> = {
    system: [],
    tools: [],
    response_format: [],
    earlier_turns: [],
    parameters: [],
  };
  for (const [field, value] of Object.entries(context)) {
    if (volatileFields.has(field) || field === "model") continue;
    const part = (Object.hasOwn(partOf, field) ? partOf[field] : undefined) ?? "parameters";
    parts[part]?.push([field, value]);
  }
  for (const pairs of Object.values(parts)) pairs.sort(([x], [y]) => x < y ? -1 : 1);
  const all = { project: projectId, provider, endpoint, model, variant, embedder, ...parts };
  const components = Object.fromEntries(
    Object.entries(all).map(([name, value]) => [name, sha256(canonicalJson(value))]),
  );
  return { name: sha256(canonicalJson(components)), components };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
