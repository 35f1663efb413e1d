/** @module */
import { bearer, type Provider } from "./provider.ts";

/**
 * Amazon Bedrock: with one of its API keys (bearer), or with AWS keys, which sign each request. Another
 * region is said by the AWS keys, or set by `WATCHLLM_UPSTREAM_BEDROCK`.
 */
export const bedrock: Provider = {
  name: "bedrock",
  title: "Amazon Bedrock",
  origin: () => "https://bedrock-runtime.us-east-1.amazonaws.com",
  openaiBase: "/openai/v1",
  auth: bearer,
  keyNames: ["bedrock"],
  credentials: ["api_key", "aws"],
  // The list of models is on another host and wants another permission.
  check: { method: "POST", path: "/model/amazon.nova-micro-v1:0/converse", body: "{}" },
  usageOnRequest: true,
};

/**
 * The model's id in an ARN that holds it: that of a foundation model, or of a profile that AWS defines.
 * What other ARNs stand for is known to their owner alone.
 *
 * @example
 * ```ts
 * import { bedrockModel } from "@/core/gateway/providers/bedrock.ts";
 * import { expect } from "expect";
 *
 * const profile = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0";
 * expect(bedrockModel(profile)).toBe("us.amazon.nova-pro-v1:0");
 * const own = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3";
 * expect(bedrockModel(own)).toBe(own);
 * ```
 */
export function bedrockModel(name: string): string {
  return /^arn:[a-z-]+:bedrock:[^/]*:(?:foundation-model|inference-profile)\/(.+)$/.exec(name)
    ?.[1] ?? name;
}
