/**
 * Which wire formats a provider speaks, and whether a call must be translated for it.
 *
 * @module
 */
import type { Call } from "../call.ts";
import type { Provider } from "../providers/provider.ts";
import type { Dialect } from "./request.ts";

/** The providers whose own format is another than OpenAI's although they copy it too. */
const ownFormats: Readonly<Record<string, Dialect>> = {
  anthropic: "anthropic",
  google: "gemini",
  vertex: "gemini",
};

/** The format that says most to a provider; null for one whose format is not translated. */
export function dialectOf(provider: Provider): Dialect | null {
  const own = Object.hasOwn(ownFormats, provider.name) ? ownFormats[provider.name] : undefined;
  if (own) return own;
  if (provider.openaiBase !== null) return "openai-chat";
  if (provider.anthropicBase) return "anthropic";
  return provider.geminiBase ? "gemini" : null;
}

/** The format of a call for text; null for any other call. */
function dialectOfCall({ route, method }: Pick<Call, "route" | "method">): Dialect | null {
  if (method !== "POST") return null;
  const { format, endpoint } = route.operation;
  if (format === "anthropic") return "anthropic";
  // Completions of old have the format, but no messages.
  if (format === "openai-chat" && endpoint === "chat") return "openai-chat";
  return format === "gemini" && endpoint === "generate_content" ? "gemini" : null;
}

/** From and to which format a call is translated for a provider; null when it goes as it is. */
export function translationFor(
  call: Pick<Call, "route" | "method">,
  provider: Provider,
): { readonly from: Dialect; readonly to: Dialect } | null {
  // By its own path a provider is asked in the format of that path.
  if (provider.name === call.route.providerName) return null;
  const from = dialectOfCall(call);
  if (from === null) return null;
  if (from === "anthropic" && provider.anthropicBase) return null;
  if (from === "gemini" && provider.geminiBase) return null;
  const to = dialectOf(provider);
  return to === null || to === from ? null : { from, to };
}
