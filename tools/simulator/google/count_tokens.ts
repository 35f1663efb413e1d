/**
 * `:countTokens`: free of charge.
 *
 * @module
 */
import { z } from "zod";
import { plainInput, type Reply, type WireCall } from "../reply.ts";
import { countTokens } from "../tokens.ts";
import { generateBody, generatePrompt, parseBody } from "./prompt.ts";

const schema = z.union([
  z.looseObject({ generateContentRequest: generateBody }).transform((body) =>
    body.generateContentRequest
  ),
  generateBody,
]);

export function countContentTokens(call: WireCall): Reply {
  const { blocks } = generatePrompt(parseBody(schema, call.body));
  const totalTokens = blocks.reduce((sum, block) => sum + countTokens(block.text) + 1, 0);
  const answer = {
    totalTokens,
    promptTokensDetails: [{ modality: "TEXT", tokenCount: totalTokens }],
  };
  return {
    endpoint: "count_tokens",
    id: "",
    model: call.traits.answersAs,
    stream: false,
    contentType: "application/json; charset=UTF-8",
    frames: [{ text: `${JSON.stringify(answer, null, 2)}\n` }],
    input: plainInput(0),
    failure: "",
  };
}
