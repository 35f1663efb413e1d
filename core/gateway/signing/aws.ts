/**
 * Signs requests for AWS (Signature Version 4) with AWS's own implementation, which is loaded when the
 * first request needs it.
 *
 * @module
 */
import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import type { AwsCredential } from "../../vault/types.ts";

/** What is signed. */
export interface Unsigned {
  readonly method: string;
  /** With the port, where it is not the scheme's own. */
  readonly host: string;
  /** Path and query as they go on the wire. */
  readonly path: string;
  readonly contentType: string | null;
  readonly body: Uint8Array | null;
}

export interface Signing {
  readonly credential: Omit<AwsCredential, "kind" | "region">;
  readonly region: string;
  readonly service: string;
  readonly at: Date;
}

/** Headers that a client's own signature brings; ours take their place. */
export const signatureHeaders: ReadonlySet<string> = new Set([
  "x-amz-date",
  "x-amz-content-sha256",
  "x-amz-security-token",
]);

/**
 * The headers that carry the signature: names and values in turn.
 *
 * @example
 * ```ts
 * import { signAws } from "@/core/gateway/signing/aws.ts";
 * import { expect } from "expect";
 *
 * const headers = await signAws(
 *   { method: "GET", host: "example.amazonaws.com", path: "/", contentType: null, body: null },
 *   {
 *     credential: {
 *       access_key_id: "AKIDEXAMPLE",
 *       secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
 *       session_token: null,
 *     },
 *     region: "us-east-1",
 *     service: "service",
 *     at: new Date("2015-08-30T12:36:00Z"),
 *   },
 * );
 * expect(headers.join()).toContain(
 *   "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
 * );
 * ```
 */
export async function signAws(
  { method, host, path, contentType, body }: Unsigned,
  { credential, region, service, at }: Signing,
): Promise<string[]> {
  const { SignatureV4 } = await import("@smithy/signature-v4");
  const signer = new SignatureV4({
    service,
    region,
    sha256: Sha256,
    // The body's hash is signed all the same; only S3 wants it in a header of its own.
    applyChecksum: false,
    credentials: {
      accessKeyId: credential.access_key_id,
      secretAccessKey: credential.secret_access_key,
      ...(credential.session_token !== null && { sessionToken: credential.session_token }),
    },
  });
  const question = path.indexOf("?");
  const signed = await signer.sign({
    method,
    protocol: "https:",
    hostname: host,
    path: question === -1 ? path : path.slice(0, question),
    query: question === -1 ? {} : queryOf(path.slice(question + 1)),
    headers: { host, ...(contentType !== null && { "content-type": contentType }) },
    body: body ?? undefined,
  }, { signingDate: at });
  return Object.entries(signed.headers)
    .filter(([name]) => name === "authorization" || signatureHeaders.has(name))
    .flat();
}

function queryOf(query: string): Record<string, string | string[]> {
  const values: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) (values[name] ??= []).push(value);
  return values;
}

/** A hash in the form that the signer asks for. */
class Sha256 {
  readonly #secret: string | ArrayBuffer | ArrayBufferView | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret;
    this.#hash = this.#fresh();
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }

  reset(): void {
    this.#hash = this.#fresh();
  }

  #fresh(): Hash | Hmac {
    return this.#secret === undefined
      ? createHash("sha256")
      : createHmac("sha256", bytesOf(this.#secret));
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof data === "string") return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
