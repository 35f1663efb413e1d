/**
 * Where a wire format keeps what people change most: temperature, the most tokens, streaming.
 *
 * @module
 */
import { type Body, type Path, valueAt } from "./body.ts";

export interface SettingPlaces {
  readonly model: Path | null;
  readonly temperature: Path | null;
  readonly mostTokens: Path | null;
  readonly stream: Path | null;
  /** Where a further message of the user goes, and what it is; null when there is no such place. */
  readonly messages: { readonly path: Path; readonly empty: Body } | null;
}

/** Names of the most tokens, as they are and were. */
const mostTokens = ["max_tokens", "max_completion_tokens", "max_output_tokens"] as const;

/** @param path the provider's path, which tells the format */
export function settingPlaces(path: string, body: Body): SettingPlaces {
  if (Array.isArray(body.contents)) {
    return {
      model: null,
      temperature: ["generationConfig", "temperature"],
      mostTokens: ["generationConfig", "maxOutputTokens"],
      stream: null,
      messages: { path: ["contents"], empty: { role: "user", parts: [{ text: "" }] } },
    };
  }
  const isResponses = /\/responses$/.test(path);
  const isChat = Array.isArray(body.messages);
  const given = mostTokens.find((name) => name in body);
  const usual = isResponses
    ? "max_output_tokens"
    : /\/chat\/completions$/.test(path)
    ? "max_completion_tokens"
    : "max_tokens";
  const speaks = isChat || isResponses || typeof body.prompt === "string";
  const list = isChat ? "messages" : isResponses && Array.isArray(body.input) ? "input" : null;
  return {
    model: typeof valueAt(body, ["model"]) === "string" ? ["model"] : null,
    temperature: speaks ? ["temperature"] : null,
    mostTokens: speaks ? [given ?? usual] : null,
    stream: speaks ? ["stream"] : null,
    messages: list && { path: [list], empty: { role: "user", content: "" } },
  };
}
