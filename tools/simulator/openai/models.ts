/**
 * `GET /v1/models` and `GET /v1/models/{model}`.
 *
 * @module
 */
import { modelNames } from "../models.ts";
import { plainInput, type Reply, type WireCall } from "../reply.ts";
import { openaiError } from "./errors.ts";

export function openaiModels(call: WireCall): Reply {
  const item = (id: string) => ({
    id,
    object: "model",
    created: 1_700_000_000,
    owned_by: "system",
  });
  const names = [...modelNames(/^(gpt|o\d)/), "text-embedding-3-small", "text-embedding-3-large"];
  const body = call.model ? item(call.model) : { object: "list", data: names.map(item) };
  return {
    endpoint: "models",
    id: "",
    model: call.model,
    stream: false,
    contentType: "application/json",
    frames: [{ text: JSON.stringify(body, null, 2) }],
    input: plainInput(0),
    failure: openaiError(500),
  };
}
