/** OTLP's JSON as Protocol Buffers, as far as the seeds go: what is not of its type is left out. */

type Json = Readonly<Record<string, unknown>>;

const utf8 = new TextEncoder();

export function otlpBytes(body: unknown): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(
    list(body, "resourceSpans").flatMap((group) =>
      field(1, [
        ...field(1, attributes(fields(group.resource))),
        ...list(group, "scopeSpans").flatMap((scope) =>
          field(2, [
            ...field(1, text(1, fields(scope.scope).name)),
            ...list(scope, "spans").flatMap((span) => field(2, spanBytes(span))),
          ])
        ),
      ])
    ),
  );
}

function spanBytes(span: Json): number[] {
  return [
    ...id(1, span.traceId),
    ...id(2, span.spanId),
    ...id(4, span.parentSpanId),
    ...text(5, span.name),
    ...fixed(7, span.startTimeUnixNano),
    ...fixed(8, span.endTimeUnixNano),
    ...attributes(span, 9),
    ...list(span, "events").flatMap((event) =>
      field(11, [...fixed(1, event.timeUnixNano), ...text(2, event.name), ...attributes(event, 3)])
    ),
    ...field(15, [...text(2, fields(span.status).message), ...number(3, fields(span.status).code)]),
  ];
}

function attributes(of: Json, place = 1): number[] {
  return list(of, "attributes").flatMap(({ key, value }) =>
    field(place, [...text(1, key), ...field(2, anyValue(fields(value)))])
  );
}

function anyValue(any: Json): number[] {
  if (typeof any.stringValue === "string") return text(1, any.stringValue);
  if (typeof any.boolValue === "boolean") return number(2, Number(any.boolValue));
  if (typeof any.intValue === "string") return number(3, Number(any.intValue));
  if (typeof any.intValue === "number") return number(3, any.intValue);
  if (typeof any.doubleValue === "number") {
    return [4 << 3 | 1, ...new Uint8Array(new Float64Array([any.doubleValue]).buffer)];
  }
  if (any.arrayValue !== undefined) {
    const values = list(fields(any.arrayValue), "values");
    return field(5, values.flatMap((value) => field(1, anyValue(value))));
  }
  return [];
}

function field(place: number, bytes: readonly number[]): number[] {
  return [...varint(place << 3 | 2), ...varint(bytes.length), ...bytes];
}

function text(place: number, value: unknown): number[] {
  return typeof value === "string" ? field(place, [...utf8.encode(value.slice(0, 500))]) : [];
}

function id(place: number, value: unknown): number[] {
  if (typeof value !== "string" || !/^([0-9a-f]{2})+$/.test(value)) return [];
  return field(place, [...Uint8Array.fromHex(value)]);
}

function number(place: number, value: unknown): number[] {
  return Number.isSafeInteger(value) ? [place << 3, ...varint(Number(value))] : [];
}

function fixed(place: number, value: unknown): number[] {
  if (typeof value !== "string" || !/^\d{1,19}$/.test(value)) return [];
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return [place << 3 | 1, ...bytes];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

function fields(value: unknown): Json {
  return typeof value === "object" && value !== null ? value as Json : {};
}

function list(of: unknown, name: string): Json[] {
  const value = fields(of)[name];
  return Array.isArray(value) ? value.map(fields) : [];
}
