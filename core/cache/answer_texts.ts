/**
 * The texts of stored answers, for the semantic cache to compare. References name their project, and
 * lead nowhere else.
 *
 * @module
 */
import { readAnswer } from "../gateway/formats/read.ts";
import { formats } from "../gateway/formats/table.ts";
import type { AnswerFacts } from "../gateway/formats/format.ts";
import type { ExactStore } from "./exact/store.ts";
import type { AnswerPort } from "./semantic/contract.ts";

export interface AnswerRef {
  readonly project: string;
  readonly key: string;
}

/** The text that `readAnswerRef` reads. */
export function answerRefOf({ project, key }: AnswerRef): string {
  return `${key}:${project}`;
}

/** @param ref as `answerRefOf` made it */
export function readAnswerRef(ref: string): AnswerRef {
  const colon = ref.indexOf(":");
  return { key: ref.slice(0, colon), project: ref.slice(colon + 1) };
}

export function createAnswerTexts(store: Pick<ExactStore, "peek" | "read">): AnswerPort {
  return {
    async text(ref) {
      const { project, key } = readAnswerRef(ref);
      const found = store.peek(project, key) ?? await store.read(project, key);
      if (typeof found === "string") return null;
      const { head, bytes } = found.entry;
      return answerText(
        readAnswer(formats[head.format], { bytes, contentType: head.contentType }),
      );
    },
  };
}

/** What two answers are compared by: the text, and the tools that were called. */
export function answerText({ text, toolCalls }: Pick<AnswerFacts, "text" | "toolCalls">): string {
  if (toolCalls.length === 0) return text;
  const calls = toolCalls.map(({ name, arguments: args }) => `${name}(${args})`);
  return [text, ...calls].filter((part) => part !== "").join("\n");
}
