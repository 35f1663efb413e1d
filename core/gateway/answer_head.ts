/**
 * The head of the client's answer: what the provider sent and means something to the client, and what
 * the gateway has to say of the call.
 *
 * @module
 */
import type { Call } from "./call.ts";
import { isSendable, sendableValue } from "./header_value.ts";
import { ownAddress } from "./own_address.ts";

const notReturned = new Set([
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  // The provider's cookies would be set for the gateway's host, where the dashboard lives.
  "set-cookie",
  // These bind the host that sends them: another port, TLS for ever, reports to someone else.
  "alt-svc",
  "strict-transport-security",
  "public-key-pins",
  "nel",
  "report-to",
  "reporting-endpoints",
  "clear-site-data",
  // What a page may do here is ours to say: a provider's page would be on the dashboard's origin.
  "content-security-policy",
  "content-security-policy-report-only",
  "x-frame-options",
  "service-worker-allowed",
  "refresh",
  // Orders to the server before us, which would send its own files.
  "x-accel-redirect",
  "x-sendfile",
  "x-lighttpd-send-file",
]);

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** What the gateway says of a call, nobody else does. */
const ownPrefix = "x-watchllm-";

/** The provider's answer headers that the client gets. */
function answerHeaders(call: Call, raw: readonly string[], withLength: boolean): Headers {
  const headers = new Headers();
  let hops = "";
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]?.toLowerCase() ?? "";
    const value = raw[i + 1] ?? "";
    if (name === "connection") hops = `${hops},${value}`;
    else if (isReturned(name, withLength)) {
      appendQuietly(headers, name, ownAddress(name, value, call));
    }
  }
  // What they name was said to us alone.
  for (const hop of hops.split(",")) deleteQuietly(headers, hop.trim());
  return headers;
}

function isReturned(name: string, withLength: boolean): boolean {
  if (name === "content-length") return withLength;
  return !notReturned.has(name) && !name.startsWith(ownPrefix);
}

/** A provider's malformed header is left out; it must not cost the client the answer. */
function appendQuietly(headers: Headers, name: string, value: string): void {
  if (!isSendable(value)) return;
  try {
    headers.append(name, value);
  } catch {
    // Not a legal header: nothing that could be passed on.
  }
}

function deleteQuietly(headers: Headers, name: string): void {
  // The usual ones, and what no header can be called.
  if (name === "" || name === "keep-alive" || name === "close" || !headerName.test(name)) return;
  headers.delete(name);
}

/** The answer's headers. `raw` are the provider's names and values in turn. */
export function answerHead(
  call: Call,
  raw: readonly string[],
  { withLength, now }: { readonly withLength: boolean; readonly now: number },
): Headers {
  const { id, provider, cacheStatus, answerHeaders: own } = call;
  const headers = answerHeaders(call, raw, withLength);
  headers.set("x-watchllm-event-id", id);
  headers.set("x-watchllm-cache", cacheStatus);
  headers.set("x-watchllm-provider", provider?.name ?? "");
  headers.append("server-timing", serverTiming(call, now));
  for (let i = 0; i + 1 < own.length; i += 2) {
    headers.set(own[i] ?? "", sendableValue(own[i + 1] ?? ""));
  }
  return headers;
}

/** What the head of our own error says of a call: names and values in turn. */
export function failureHead(call: Call, now: number): readonly string[] {
  const { provider, cacheStatus, answerHeaders: own } = call;
  return [
    "x-watchllm-cache",
    cacheStatus,
    ...(provider ? ["x-watchllm-provider", provider.name] : []),
    "server-timing",
    serverTiming(call, now),
    ...own,
  ];
}

/** Without `upstream` when no provider was asked: then all of the time was ours. */
function serverTiming({ started, sentAt, bodyWait }: Call, now: number): string {
  const ours = (sentAt ?? now) - started - bodyWait;
  const gateway = `gateway;dur=${ours.toFixed(2)}`;
  return sentAt === null ? gateway : `${gateway}, upstream;dur=${(now - sentAt).toFixed(2)}`;
}
