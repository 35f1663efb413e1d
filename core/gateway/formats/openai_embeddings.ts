/**
 * Embeddings as OpenAI, Voyage, Mistral and others answer them: no text, no stream, input tokens
 * only.
 *
 * @module
 */
import { unknownUsage } from "../../event/usage.ts";
import { readError } from "./error.ts";
import { type AnswerFacts, type Format, noFacts } from "./format.ts";
import { fields, text } from "../../json.ts";
import { readChatUsage } from "./openai_usage.ts";
import { joinTexts } from "./text.ts";

export const openaiEmbeddings: Format = {
  name: "openai-embeddings",
  request(body) {
    const { model, user } = fields(body);
    return { model: text(model) ?? "", stream: false, user: text(user) };
  },
  requestText(body) {
    const { input } = fields(body);
    return joinTexts((Array.isArray(input) ? input : [input]).map((part) => text(part) ?? ""));
  },
  answer() {
    let facts: AnswerFacts = noFacts(unknownUsage());
    return {
      add(value) {
        const body = fields(value);
        facts = {
          ...facts,
          responseModel: text(body.model),
          responseId: text(body.id),
          usage: readChatUsage(body.usage) ?? facts.usage,
          error: readError(value),
        };
      },
      facts: () => facts,
    };
  },
  lastLines: [],
};
