/**
 * `GET /v1/models` of Anthropic.
 *
 * @module
 */
import { modelNames } from "../models.ts";
import { plainInput, type Reply, type WireCall } from "../reply.ts";

export function anthropicModels(call: WireCall): Reply {
  const item = (id: string) => ({
    type: "model",
    id,
    display_name: id.replace(/-/g, " ").replace(/^c/, "C"),
    created_at: "2025-09-29T00:00:00Z",
  });
  const names = modelNames(/^claude/);
  const body = call.model ? item(call.model) : {
    data: names.map(item),
    has_more: false,
    first_id: names[0] ?? null,
    last_id: names.at(-1) ?? null,
  };
  return {
    endpoint: "models",
    id: "",
    model: call.model,
    stream: false,
    contentType: "application/json",
    frames: [{ text: JSON.stringify(body) }],
    input: plainInput(0),
    failure: "",
  };
}
