/**
 * A span as OTLP carries it, in either encoding: what the readers give and the mapping takes.
 *
 * @module
 */

/** Texts, numbers, truth values, lists and objects of them; integers that JavaScript cannot hold are text. */
export type Value = string | number | boolean | null | readonly Value[] | {
  readonly [name: string]: Value;
};
export type Attributes = Readonly<Record<string, Value>>;

export interface OtelEvent {
  readonly name: string;
  readonly timeUs: number;
  readonly attributes: Attributes;
}

export interface OtelSpan {
  /** Lower-case hex; empty when it is not one. */
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: a root. */
  readonly parentSpanId: string;
  readonly name: string;
  /** 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  /** Microseconds since 1970. */
  readonly startUs: number;
  /** 0: it has none. */
  readonly endUs: number;
  readonly attributes: Attributes;
  readonly events: readonly OtelEvent[];
  /** 0 unset, 1 ok, 2 error. */
  readonly status: { readonly code: number; readonly message: string };
  readonly links: number;
}

export interface OtelScope {
  readonly name: string;
  readonly version: string;
  readonly attributes: Attributes;
}

/** The spans of one scope of one resource. */
export interface SpanGroup {
  readonly resource: Attributes;
  readonly scope: OtelScope;
  readonly spans: readonly OtelSpan[];
}

export const noScope: OtelScope = { name: "", version: "", attributes: {} };

/** A parent's id; one of zeros alone is none. */
export function parentOf(id: string): string {
  return /^0*$/.test(id) ? "" : id;
}

/** What cannot be read as OTLP. */
export class NotOtlp extends Error {
  override readonly name = "NotOtlp";
}

/** Sets an attribute, whatever its name. */
export function setAttribute(to: Record<string, Value>, name: string, value: Value): void {
  if (name !== "__proto__") {
    to[name] = value;
    return;
  }
  Object.defineProperty(to, name, { value, enumerable: true, configurable: true, writable: true });
}
