/**
 * What a call belongs to (user, session, trace, properties), read from our request headers and from
 * the peers' names for the same. The tables are the documentation; nothing else knows these names.
 *
 * @module
 */
import { fields, parseJson } from "../json.ts";

/** Longest kept identifier, property name and property value, in characters; the rest is cut. */
export const bounds = { id: 256, name: 64, value: 512, properties: 50 } as const;

export interface Attributes {
  user: string | null;
  session: string | null;
  traceId: string | null;
  spanId: string | null;
  parentSpanId: string | null;
  readonly properties: Record<string, string>;
  omitRequest: boolean;
  omitResponse: boolean;
}

/** Those of a call that says nothing of itself; a new object each time, for its reader to fill. */
export function noAttributes(): Attributes {
  return {
    user: null,
    session: null,
    traceId: null,
    spanId: null,
    parentSpanId: null,
    properties: {},
    omitRequest: false,
    omitResponse: false,
  };
}

type Apply = (attributes: Attributes, value: string) => void;

const user: Apply = (to, value) => to.user ??= identifier(value);
const session: Apply = (to, value) => to.session ??= identifier(value);
const traceId: Apply = (to, value) => to.traceId ??= identifier(value);
const parentSpanId: Apply = (to, value) => to.parentSpanId ??= identifier(value);
const spanId: Apply = (to, value) => to.spanId ??= identifier(value);
const property = (name: string): Apply => (to, value) => addProperty(to, name, headerText(value));

const omitRequest: Apply = (to, value) => {
  if (isTrue(value)) to.omitRequest = true;
};
const omitResponse: Apply = (to, value) => {
  if (isTrue(value)) to.omitResponse = true;
};
const omitBoth: Apply = (to, value) => {
  if (isTrue(value)) to.omitRequest = to.omitResponse = true;
};
const keepBoth: Apply = (to, value) => {
  if (value.trim().toLowerCase() === "false") to.omitRequest = to.omitResponse = true;
};

/** Header name → what it sets. Ours come first in `traceparent`'s company; the first value wins. */
export const attributeHeaders: Readonly<Record<string, Apply>> = {
  "x-watchllm-user": user,
  "helicone-user-id": user,
  "x-litellm-customer-id": user,
  "x-litellm-end-user-id": user,

  "x-watchllm-session": session,
  "x-watchllm-session-id": session,
  "helicone-session-id": session,
  "x-litellm-session-id": session,
  "x-bf-session-id": session,

  "traceparent": traceparent,
  "x-portkey-trace-id": traceId,
  "x-portkey-span-id": spanId,
  "x-portkey-parent-span-id": parentSpanId,
  "cf-aig-otel-trace-id": traceId,
  "cf-aig-otel-parent-span-id": parentSpanId,
  "x-litellm-trace-id": traceId,

  "helicone-session-path": property("session_path"),
  "helicone-session-name": property("session_name"),
  "x-portkey-span-name": property("span_name"),
  "x-litellm-tags": property("tags"),
  "cf-aig-metadata": metadata,
  "x-portkey-metadata": metadata,
  "x-litellm-spend-logs-metadata": metadata,

  "x-watchllm-omit-request": omitRequest,
  "x-watchllm-omit-response": omitResponse,
  "helicone-omit-request": omitRequest,
  "helicone-omit-response": omitResponse,
  "x-litellm-enable-message-redaction": omitBoth,
  "cf-aig-collect-log-payload": keepBoth,
  "cf-aig-collect-log": keepBoth,
  "x-portkey-debug": keepBoth,
};

/** Prefixes of headers that carry one property each, the name being what follows. */
export const propertyPrefixes = ["x-watchllm-property-", "helicone-property-"] as const;

/** Sets a property, within the bounds. Names arrive in lower case, as HTTP delivers them. */
export function addProperty(to: Attributes, name: string, value: string): void {
  const key = name.slice(0, bounds.name);
  if (key === "" || Object.keys(to.properties).length >= bounds.properties) return;
  // A name such as __proto__ must become a property, not the object's prototype.
  Object.defineProperty(to.properties, key, {
    value: cut(value, bounds.value),
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/**
 * A header's text. HTTP hands bytes over as Latin-1; clients that send UTF-8 or percent-encoding are
 * understood, and what is neither stays as it came.
 */
export function headerText(value: string): string {
  let decoded = value;
  if (highBytes.test(value)) decoded = utf8(value) ?? value;
  if (!/%[0-9a-fA-F]{2}/.test(decoded)) return decoded;
  try {
    return decodeURIComponent(decoded);
  } catch {
    return decoded;
  }
}

const highBytes = /[\u0080-\u00ff]/;
const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

function utf8(latin1: string): string | null {
  try {
    return strictUtf8.decode(Uint8Array.from(latin1, (char) => char.charCodeAt(0)));
  } catch {
    return null;
  }
}

function identifier(value: string): string | null {
  return cut(headerText(value).trim(), bounds.id) || null;
}

/** Cuts at a bound without halving a character. */
function cut(value: string, length: number): string {
  return value.length <= length ? value : value.slice(0, length).toWellFormed();
}

function isTrue(value: string): boolean {
  return ["true", "1", "yes", "on"].includes(value.trim().toLowerCase());
}

/** W3C trace context, version 00 or later, with ids that are not all zero. */
function traceparent(to: Attributes, value: string): void {
  const match = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?$/.exec(
    value.trim(),
  );
  const [, trace, parent] = match ?? [];
  if (!trace || !parent || /^0+$/.test(trace) || /^0+$/.test(parent)) return;
  to.traceId = trace;
  to.parentSpanId = parent;
}

/** A JSON object of scalars; `_user` (Portkey) and `user_id` name the user. */
function metadata(to: Attributes, value: string): void {
  for (const [name, item] of Object.entries(fields(parseJson(headerText(value))))) {
    const scalar = typeof item === "string" ? item : JSON.stringify(item) ?? "";
    if (name === "_user") user(to, scalar);
    else addProperty(to, name, scalar);
  }
}
