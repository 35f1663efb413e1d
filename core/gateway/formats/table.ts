/**
 * Every wire format by name.
 *
 * @module
 */
import { anthropic } from "./anthropic.ts";
import { bedrockConverse } from "./bedrock_converse.ts";
import { bedrockInvoke } from "./bedrock_invoke.ts";
import { cohere } from "./cohere.ts";
import type { Format, FormatName } from "./format.ts";
import { gemini } from "./gemini.ts";
import { ollamaNative } from "./ollama.ts";
import { opaque } from "./opaque.ts";
import { openaiChat } from "./openai_chat.ts";
import { openaiEmbeddings } from "./openai_embeddings.ts";
import { openaiAudio, openaiImages } from "./openai_media.ts";
import { openaiResponses, openaiStoredResponse } from "./openai_responses.ts";

export const formats: Readonly<Record<FormatName, Format>> = {
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
  "openai-stored-response": openaiStoredResponse,
  "openai-embeddings": openaiEmbeddings,
  "openai-images": openaiImages,
  "openai-audio": openaiAudio,
  "anthropic": anthropic,
  "gemini": gemini,
  "bedrock-converse": bedrockConverse,
  "bedrock-invoke": bedrockInvoke,
  "cohere": cohere,
  "ollama": ollamaNative,
  "opaque": opaque,
};
