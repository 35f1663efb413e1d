/**
 * Webhooks of WatchLLM, signed as Standard Webhooks has it (standardwebhooks.com, "Verifying").
 *
 * @module
 */

/** What a webhook request is checked with. */
export interface VerifyOptions {
  /** How old or how far ahead it may be, in seconds. @default {300} */
  readonly toleranceSeconds?: number;
  /** Milliseconds since 1970. @default {Date.now} */
  readonly now?: () => number;
}

/** A webhook that is not what it says, or too old. */
export class WebhookError extends Error {
  /** Always `WebhookError`. */
  override readonly name = "WebhookError";
}

/** A request's headers: as `fetch` has them, or by lower-case name. */
export type HeaderSource = Headers | Readonly<Record<string, string | undefined>>;

/**
 * Checks a webhook's signature and time.
 *
 * @param body the request's body, byte for byte as it came
 * @param secret `whsec_…`; several while a secret is being changed
 * @returns the body, parsed
 * @throws {WebhookError} when a header is missing, the time is off or no signature fits
 *
 * @example
 * ```ts
 * import { verifyWebhook } from "@watchllm/sdk";
 *
 * const secret = `whsec_${btoa("a secret of 24 or more bytes")}`;
 * const body = '{"type":"call.completed"}';
 * const headers = {
 *   "webhook-id": "msg_1",
 *   "webhook-timestamp": "1700000000",
 *   "webhook-signature": "v1,U9t6yT1fD2Wkr0p7c5l0a0a0a0a0a0a0a0a0a0a0a0a=",
 * };
 * const refused = await verifyWebhook(body, headers, secret).catch((error) => error.message);
 * console.assert(refused === "The webhook's time is more than 300 seconds off");
 * ```
 */
export async function verifyWebhook(
  body: string | Uint8Array,
  headers: HeaderSource,
  secret: string | readonly string[],
  options: VerifyOptions = {},
): Promise<unknown> {
  const { toleranceSeconds = 300, now = Date.now } = options;
  const id = header(headers, "webhook-id");
  const timestamp = header(headers, "webhook-timestamp");
  const signatures = header(headers, "webhook-signature").split(" ").flatMap((one) => {
    const [version, value] = one.split(",");
    const bytes = version === "v1" ? fromBase64(value ?? "") : null;
    return bytes ? [bytes] : [];
  });
  const off = Math.abs(now() / 1_000 - Number(timestamp));
  // Not "greater than": a time that is no number must not pass.
  if (!(off <= toleranceSeconds)) {
    throw new WebhookError(`The webhook's time is more than ${toleranceSeconds} seconds off`);
  }
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const signed = new Uint8Array(head.length + bytes.length);
  signed.set(head);
  signed.set(bytes, head.length);
  for (const one of typeof secret === "string" ? [secret] : secret) {
    const key = await keyOf(one);
    for (const signature of signatures) {
      if (await crypto.subtle.verify("HMAC", key, signature, signed)) {
        return JSON.parse(new TextDecoder().decode(bytes));
      }
    }
  }
  throw new WebhookError("No signature of the webhook fits: check the secret and the raw body");
}

function header(headers: HeaderSource, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  if (!value) throw new WebhookError(`The webhook has no ${name} header`);
  return value;
}

async function keyOf(secret: string): Promise<CryptoKey> {
  const bytes = fromBase64(secret.replace(/^whsec_/, ""));
  if (!bytes) throw new WebhookError("The secret must be whsec_ and base64");
  return await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [
    "verify",
  ]);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}
