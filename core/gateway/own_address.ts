/**
 * Addresses in a provider's answer that lead back to it. Followed as they are, they would lead a client past
 * the gateway, with a project key in hand that the provider does not know.
 *
 * @module
 */
import type { Call } from "./call.ts";

/** Headers whose value is such an address; whether it must be whole. */
const addressHeaders: Readonly<Record<string, "path" | "whole">> = {
  "location": "path",
  // Google's SDK sends a file in two steps, the second one to here.
  "x-goog-upload-url": "whole",
  "x-goog-upload-control-url": "whole",
};

type AddressedCall = Pick<Call, "target" | "provider" | "request">;

/**
 * A header's value as the client gets it: an address at the provider that was asked becomes the gateway's
 * own for the same path; others, and other headers, stay as they are.
 */
export function ownAddress(name: string, value: string, call: AddressedCall): string {
  const form = Object.hasOwn(addressHeaders, name) ? addressHeaders[name] : undefined;
  const { target, provider } = call;
  if (!form || !target || !provider) return value;
  const { base, path } = target;
  const asked = `${base.secure ? "https" : "http"}://${base.host}${path}`;
  if (!URL.canParse(value, asked)) return value;
  const address = new URL(value, asked);
  if (!/^https?:$/.test(address.protocol) || address.host !== base.host) return value;
  const own = `/proxy/${provider.name}${address.pathname}${address.search}${address.hash}`;
  return form === "path" ? own : originOf(call.request) + own;
}

/** Where the client finds the gateway: what stands before it may have taken TLS off. */
function originOf({ url, headers }: Request): string {
  const { protocol, host } = new URL(url);
  const forwarded = (name: string) => headers.get(name)?.split(",")[0]?.trim();
  const scheme = forwarded("x-forwarded-proto") === "https" ? "https:" : protocol;
  return `${scheme}//${forwarded("x-forwarded-host") || host}`;
}
