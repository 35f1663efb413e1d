/**
 * `GET /v1beta/models` and `GET /v1beta/models/{model}`.
 *
 * @module
 */
import { modelNames } from "../models.ts";
import { plainInput, type Reply, type WireCall } from "../reply.ts";

export function googleModels(call: WireCall): Reply {
  const item = (id: string) => ({
    name: `models/${id}`,
    displayName: id,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ["generateContent", "countTokens"],
  });
  const body = call.model ? item(call.model) : { models: modelNames(/^gemini/).map(item) };
  return {
    endpoint: "models",
    id: "",
    model: call.model,
    stream: false,
    contentType: "application/json; charset=UTF-8",
    frames: [{ text: `${JSON.stringify(body, null, 2)}\n` }],
    input: plainInput(0),
    failure: "",
  };
}
