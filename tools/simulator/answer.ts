/**
 * Composes what the model says to a prompt: reasoning, text or tool calls, all as tokens.
 *
 * @module
 */
import type { Controls } from "./contract.ts";
import { nearestTurn, words } from "./corpus/all.ts";
import { freshToolResults, lastUserText, type Prompt, type Tool } from "./prompt.ts";
import type { Random } from "./random.ts";
import { factsOf, valueFor } from "./schema_value.ts";
import { tokenize } from "./tokens.ts";

export interface AnswerToolCall {
  readonly name: string;
  readonly args: unknown;
  /** The arguments as the model writes them, in tokens. */
  readonly tokens: readonly string[];
}

export interface Answer {
  readonly reasoning: readonly string[];
  readonly text: readonly string[];
  readonly toolCalls: readonly AnswerToolCall[];
  readonly finish: "stop" | "length" | "tool" | "filter";
}

/** Tokens that a tool call takes beyond its arguments. */
export const toolCallOverhead = 5;

/** Output tokens of an answer without its reasoning. */
export function visibleTokens(answer: Answer): number {
  return answer.toolCalls.reduce(
    (sum, call) => sum + call.tokens.length + toolCallOverhead,
    answer.text.length,
  );
}

export function composeAnswer(
  prompt: Prompt,
  reasoningTokens: number,
  controls: Controls,
  random: Random,
): Answer {
  const reasoning = reasoningFor(prompt, controls.think ?? reasoningTokens, random);
  const tools = toolsToCall(prompt, controls);
  if (tools.length > 0) {
    const facts = factsOf(lastUserText(prompt));
    const toolCalls = tools.map(({ name, schema }) => {
      const args = valueFor(schema, facts, random);
      return { name, args, tokens: tokenize(JSON.stringify(args)) };
    });
    return { reasoning, text: [], toolCalls, finish: "tool" };
  }
  const whole = resize(tokenize(textFor(prompt, random)), controls.tokens, random);
  const room = prompt.maxOutputTokens === null
    ? Infinity
    : Math.max(0, prompt.maxOutputTokens - reasoning.length);
  if (controls.finish === "filter") {
    return { reasoning, text: whole.slice(0, 3), toolCalls: [], finish: "filter" };
  }
  const cut = controls.finish === "length" ? Math.ceil(whole.length / 2) : room;
  return {
    reasoning,
    text: whole.slice(0, cut),
    toolCalls: [],
    finish: whole.length > cut ? "length" : "stop",
  };
}

function toolsToCall(prompt: Prompt, controls: Controls): Tool[] {
  const { tools, toolChoice } = prompt;
  if (controls.tool === "none" || toolChoice === "none" || tools.length === 0) return [];
  const wanted = controls.tool ?? (typeof toolChoice === "object" ? toolChoice.name : undefined);
  if (wanted !== undefined) return tools.filter((tool) => tool.name === wanted);
  if (toolChoice === "auto" && freshToolResults(prompt).length > 0) return [];
  const asked = words(lastUserText(prompt));
  const fitting = tools.filter((tool) =>
    asked.intersection(words(`${tool.name.replace(/[_-]/g, " ")} ${tool.description}`)).size > 0
  );
  if (fitting.length > 0) return fitting.slice(0, 2);
  return toolChoice === "required" ? tools.slice(0, 1) : [];
}

function textFor(prompt: Prompt, random: Random): string {
  const question = lastUserText(prompt);
  if (prompt.jsonSchema !== null) {
    return JSON.stringify(valueFor(prompt.jsonSchema, factsOf(question), random));
  }
  const known = nearestTurn(question);
  if (known) return known.assistant;
  const results = freshToolResults(prompt);
  if (results.length > 0) return fromResults(results, random);
  return general(question, random);
}

function fromResults(results: readonly string[], random: Random): string {
  const shown = results.map((result) => result.replace(/\s+/g, " ").slice(0, 160)).join("; ");
  const opening = random.pick([
    "Here is what I found",
    "The look-up returned",
    "According to the tool",
  ]);
  return `${opening}: ${shown}. Tell me if you want me to go into any of it.`;
}

const observations = [
  "The short answer depends on how often it happens and who notices first.",
  "Start with the part that is cheapest to undo, and measure before you change the next one.",
  "Most of the effort goes into agreeing on the words, the rest follows from them.",
  "A small example with real figures shows the difference faster than a general rule.",
  "If two of these conditions hold at once, the second one decides.",
  "Write down what you expect before you look; otherwise every result looks plausible.",
  "The usual mistake is to fix the symptom that is easiest to see.",
  "It is worth asking what happens when the step is skipped altogether.",
];

function general(question: string, random: Random): string {
  const subject = [...words(question)].slice(0, 3).join(", ") || "your question";
  const opening = random.pick([
    `About ${subject}: there are two sides to it.`,
    `Thank you for the question about ${subject}.`,
    `Let me take ${subject} one step at a time.`,
  ]);
  const sentences = Array.from({ length: random.int(2, 5) }, () => random.pick(observations));
  return [opening, ...new Set(sentences)].join(" ");
}

const thoughts = [
  "The user wants a direct answer, so I should check the facts first.",
  "There are two readings here; the second one is less likely given the wording.",
  "I can rule out the first option because the numbers do not add up.",
  "Let me verify that against the policy before I state it.",
  "That leaves one step that I have not justified yet.",
  "A short answer with the reason is better than a list.",
];

function reasoningFor(prompt: Prompt, wanted: number, random: Random): string[] {
  const limit = prompt.maxOutputTokens === null ? wanted : Math.min(wanted, prompt.maxOutputTokens);
  const tokens: string[] = [];
  while (tokens.length < limit) tokens.push(...tokenize(`${random.pick(thoughts)} `));
  return tokens.slice(0, limit);
}

function resize(tokens: string[], wanted: number | undefined, random: Random): string[] {
  if (wanted === undefined) return tokens;
  const longer = [...tokens];
  while (longer.length < wanted) longer.push(...tokenize(` ${random.pick(observations)}`));
  return longer.slice(0, wanted);
}
