/**
 * `POST /v1/completions`, the old interface with one text as prompt.
 *
 * @module
 */
import { z } from "zod";
import { composeAnswer } from "../answer.ts";
import { type Frame, type Reply, sse, type WireCall } from "../reply.ts";
import { chunked } from "../tokens.ts";
import { openaiError } from "./errors.ts";
import { parseBody } from "./prompt.ts";
import { chatUsage, countInput } from "./usage.ts";

const schema = z.looseObject({
  prompt: z.union([z.string(), z.array(z.string())]),
  max_tokens: z.number().int().positive().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
});

export function completion(call: WireCall): Reply {
  const body = parseBody(schema, call.body);
  const prompt = {
    blocks: [{ role: "user", text: [body.prompt].flat().join("\n") } as const],
    tools: [],
    toolChoice: "none" as const,
    jsonSchema: null,
    maxOutputTokens: body.max_tokens ?? 16,
    reasoning: 0,
  };
  const input = countInput(call, prompt);
  const answer = composeAnswer(prompt, 0, call.controls, call.random);
  const id = `cmpl-${call.random.id(29)}`;
  const { prompt_tokens, completion_tokens, total_tokens } = chatUsage(
    input,
    answer.text.length,
    0,
  );
  const usage = { prompt_tokens, completion_tokens, total_tokens };
  const common = {
    id,
    object: "text_completion",
    created: call.now,
    model: call.traits.answersAs,
  };
  const choice = (text: string, finish_reason: string | null) => ({
    choices: [{ text, index: 0, logprobs: null, finish_reason }],
  });
  const finish = answer.finish === "length" ? "length" : "stop";
  const withUsage = body.stream_options?.include_usage === true;
  const frames: Frame[] = body.stream
    ? [
      ...chunked(answer.text, call.controls.chunks ?? answer.text.length).map((tokens) => ({
        text: sse({
          ...common,
          ...choice(tokens.join(""), null),
          ...(withUsage && { usage: null }),
        }),
        output: tokens.length,
      })),
      { text: sse({ ...common, ...choice("", finish), ...(withUsage && { usage: null }) }) },
      ...(withUsage ? [{ text: sse({ ...common, choices: [], usage }) }] : []),
      { text: "data: [DONE]\n\n" },
    ]
    : [{
      text: JSON.stringify({ ...common, ...choice(answer.text.join(""), finish), usage }, null, 2),
      output: answer.text.length,
    }];
  return {
    endpoint: "text_completion",
    id,
    model: call.traits.answersAs,
    stream: body.stream ?? false,
    contentType: body.stream ? "text/event-stream; charset=utf-8" : "application/json",
    frames,
    input,
    failure: openaiError(500),
  };
}
