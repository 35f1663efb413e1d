/**
 * `:embedContent` and `:batchEmbedContents`. Google reports no usage for them on this interface, so
 * the bill is all there is.
 *
 * @module
 */
import { z } from "zod";
import { plainInput, type Reply, type WireCall } from "../reply.ts";
import { countTokens } from "../tokens.ts";
import { embed } from "../vector.ts";
import { parseBody } from "./prompt.ts";

const single = z.looseObject({
  content: z.looseObject({ parts: z.array(z.looseObject({ text: z.string() })) }),
  outputDimensionality: z.number().int().positive().optional(),
});
const batch = z.looseObject({ requests: z.array(single).min(1) });

export function embedContent(call: WireCall, many: boolean): Reply {
  const requests = many ? parseBody(batch, call.body).requests : [parseBody(single, call.body)];
  const texts = requests.map(({ content }) => content.parts.map((part) => part.text).join("\n"));
  const embeddings = requests.map((request, i) => ({
    values: embed(texts[i] ?? "", request.outputDimensionality ?? 3_072),
  }));
  const answer = many ? { embeddings } : { embedding: embeddings[0] };
  return {
    endpoint: "embeddings",
    id: "",
    model: call.traits.answersAs,
    stream: false,
    contentType: "application/json; charset=UTF-8",
    frames: [{ text: `${JSON.stringify(answer, null, 2)}\n` }],
    input: plainInput(texts.reduce((sum, text) => sum + countTokens(text), 0)),
    failure: "",
  };
}
