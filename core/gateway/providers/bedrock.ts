/** @module */
import { bearer, type Provider } from "./provider.ts";

/**
 * Amazon Bedrock with its API keys (bearer). Requests signed for another host (SigV4) cannot pass
 * through a proxy. Another region is set by `WATCHLLM_UPSTREAM_BEDROCK`.
 */
export const bedrock: Provider = {
  name: "bedrock",
  title: "Amazon Bedrock",
  origin: () => "https://bedrock-runtime.us-east-1.amazonaws.com",
  openaiBase: "/openai/v1",
  auth: bearer,
  keyNames: ["bedrock"],
  usageOnRequest: true,
};
