/**
 * `POST /v1/messages/count_tokens`: free of charge.
 *
 * @module
 */
import { plainInput, type Reply, type WireCall } from "../reply.ts";
import { countTokens } from "../tokens.ts";
import { countBody, parseBody, promptBlocks } from "./prompt.ts";

export function countMessageTokens(call: WireCall): Reply {
  const blocks = promptBlocks(parseBody(countBody, call.body));
  const input_tokens = blocks.reduce((sum, block) => sum + countTokens(block.text) + 1, 0);
  return {
    endpoint: "count_tokens",
    id: "",
    model: call.traits.answersAs,
    stream: false,
    contentType: "application/json",
    frames: [{ text: JSON.stringify({ input_tokens }) }],
    input: plainInput(0),
    failure: "",
  };
}
