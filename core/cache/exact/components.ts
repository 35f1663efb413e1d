/**
 * The parts that a request's key consists of, and which field belongs to which. Each part is hashed
 * apart, so that a miss can name the one that differs.
 *
 * @module
 */

/** In the order in which they are told. */
export const componentNames = [
  "project",
  "provider",
  "endpoint",
  "model",
  "version",
  "system",
  "messages",
  "tools",
  "response_format",
  "sampling",
  "other",
  "scope",
] as const;
export type ComponentName = typeof componentNames[number];

/** The parts that come out of the request's body. */
export type BodyComponent =
  | "system"
  | "messages"
  | "tools"
  | "response_format"
  | "sampling"
  | "other";

const fieldsOf: Readonly<Record<Exclude<BodyComponent, "other">, readonly string[]>> = {
  system: ["system", "instructions", "systemInstruction", "system_instruction"],
  messages: ["messages", "input", "contents", "content", "prompt", "requests", "texts"],
  tools: [
    "tools",
    "tool_choice",
    "toolConfig",
    "tool_config",
    "functions",
    "function_call",
    "parallel_tool_calls",
    "max_tool_calls",
  ],
  response_format: ["response_format", "text", "output_config", "output_format", "modalities"],
  sampling: [
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "max_tokens",
    "max_completion_tokens",
    "max_output_tokens",
    "n",
    "seed",
    "stop",
    "stop_sequences",
    "presence_penalty",
    "frequency_penalty",
    "repetition_penalty",
    "logit_bias",
    "logprobs",
    "top_logprobs",
    "reasoning",
    "reasoning_effort",
    "thinking",
    "verbosity",
    "generationConfig",
    "generation_config",
    "dimensions",
    "encoding_format",
  ],
};

const byField: ReadonlyMap<string, BodyComponent> = new Map(
  // Object.entries gives the keys of the object above.
  Object.entries(fieldsOf).flatMap(([component, names]) =>
    names.map((name) => [name, component as BodyComponent] as const)
  ),
);

/** The part that a body's field belongs to; what is not known is `other`, and never nothing. */
export function componentOf(field: string): BodyComponent {
  return byField.get(field) ?? "other";
}

/** Headers of providers' own families that change neither an answer nor whose settings hold. */
const immaterial: ReadonlySet<string> = new Set(["anthropic-dangerous-direct-browser-access"]);
const versions = /^(?:anthropic|openai|x-amzn-bedrock)-|^(?:x-)?api-version$|^x-goog-user-project$/;

/** Whether a request header changes what an answer looks like, or which account's settings hold. */
export function isVersionHeader(name: string): boolean {
  return versions.test(name) && !immaterial.has(name);
}
