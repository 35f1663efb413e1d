/**
 * `POST /v1/embeddings`.
 *
 * @module
 */
import { z } from "zod";
import { plainInput, type Reply, type WireCall } from "../reply.ts";
import { countTokens } from "../tokens.ts";
import { base64Floats, embed } from "../vector.ts";
import { openaiError } from "./errors.ts";
import { parseBody } from "./prompt.ts";

const schema = z.looseObject({
  input: z.union([z.string(), z.array(z.string()).min(1), z.array(z.number())]),
  encoding_format: z.enum(["float", "base64"]).nullish(),
  dimensions: z.number().int().positive().max(4_096).nullish(),
});

export function embeddings(call: WireCall): Reply {
  const body = parseBody(schema, call.body);
  const texts = typeof body.input === "string"
    ? [body.input]
    : body.input.every((item) => typeof item === "string")
    ? body.input
    : [body.input.join(" ")];
  const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
  const dimensions = body.dimensions ?? (call.model.endsWith("large") ? 3_072 : 1_536);
  const answer = {
    object: "list",
    data: texts.map((text, index) => {
      const vector = embed(text, dimensions);
      return {
        object: "embedding",
        index,
        embedding: body.encoding_format === "base64" ? base64Floats(vector) : vector,
      };
    }),
    model: call.traits.answersAs,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
  return {
    endpoint: "embeddings",
    id: "",
    model: call.traits.answersAs,
    stream: false,
    contentType: "application/json",
    frames: [{ text: `${JSON.stringify(answer, null, 2)}\n` }],
    input: plainInput(tokens),
    failure: openaiError(500),
  };
}
