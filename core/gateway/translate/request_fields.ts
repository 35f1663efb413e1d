/**
 * What each format calls the fields of a request, so that an error names what the client wrote.
 *
 * @module
 */
import type { Dialect } from "./request.ts";

const names = {
  temperature: ["temperature", "temperature", "generationConfig.temperature"],
  topK: ["top_k", "top_k", "generationConfig.topK"],
  presencePenalty: ["presence_penalty", "", "generationConfig.presencePenalty"],
  frequencyPenalty: ["frequency_penalty", "", "generationConfig.frequencyPenalty"],
  parallelTools: ["parallel_tool_calls", "tool_choice.disable_parallel_tool_use", ""],
  toolChoice: ["tool_choice", "tool_choice", "toolConfig.functionCallingConfig"],
  output: ["response_format", "output_config.format", "generationConfig.responseMimeType"],
  reasoning: ["reasoning_effort", "thinking", "generationConfig.thinkingConfig"],
} as const;

const order: readonly Dialect[] = ["openai-chat", "anthropic", "gemini"];

/** @param name ours; where a format has no name for it, it is told by ours */
export function requestField(name: keyof typeof names, dialect: Dialect): string {
  return names[name][order.indexOf(dialect)] || name;
}
