/** OTLP's JSON in every form that exporters give it. */
import { expect } from "expect";
import { ingestApi } from "./fixture.ts";
import { any, mapped, readSpan } from "./odd_spans.ts";
import { trace } from "./span_bodies.ts";

const call = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o" };

const counts: readonly (readonly [string, unknown])[] = [
  ["text", { intValue: "120" }],
  ["a number", { intValue: 120 }],
  ["a whole double", { doubleValue: 120 }],
  ["a double in a text", { doubleValue: "120" }],
  ["text", { stringValue: "120" }],
  ["proto names", { int_value: "120" }],
];
for (const [form, value] of counts) {
  Deno.test(`a count is read as ${form}: ${JSON.stringify(value)}`, () => {
    const { call: data } = mapped({ ...call, "gen_ai.usage.input_tokens": value });
    expect(data.usage.buckets.input).toBe(120);
  });
}

Deno.test("ids are read in hex of any case and in base64", () => {
  const hex = "4bf92f3577b34da6a3ce929d0e0e4736";
  const wanted = { traceId: hex, spanId: "00f067aa0ba902b7", parentSpanId: "b7ad6b7169203331" };
  expect(readSpan({}, {
    traceId: hex.toUpperCase(),
    spanId: "00F067AA0BA902B7",
    parentSpanId: "B7AD6B7169203331",
  })).toMatchObject(wanted);
  expect(readSpan({}, {
    traceId: Uint8Array.fromHex(hex).toBase64(),
    spanId: Uint8Array.fromHex("00f067aa0ba902b7").toBase64(),
    parentSpanId: Uint8Array.fromHex("b7ad6b7169203331").toBase64(),
  })).toMatchObject(wanted);
  expect(readSpan({}, {
    traceId: undefined,
    trace_id: hex,
    spanId: undefined,
    span_id: "00f067aa0ba902b7",
    parent_span_id: "b7ad6b7169203331",
  })).toMatchObject(wanted);
});

for (const parent of ["", null, "0000000000000000", "AAAAAAAAAAA=", undefined]) {
  Deno.test(`a parent of ${JSON.stringify(parent)} is none`, () => {
    expect(mapped(call, { parentSpanId: parent }).call.parent_span_id).toBeNull();
  });
}

for (const code of [2, "STATUS_CODE_ERROR", "2"]) {
  Deno.test(`a status of ${JSON.stringify(code)} is a failure`, () => {
    const { type, call: data } = mapped(call, { status: { code, message: "no" } });
    expect(type).toBe("call.failed");
    expect(data.error).toMatchObject({ code: "error", message: "no" });
  });
}

for (const code of [0, 1, "STATUS_CODE_OK", "STATUS_CODE_UNSET", undefined]) {
  Deno.test(`a status of ${JSON.stringify(code)} is no failure`, () => {
    expect(mapped(call, { status: { code } }).type).toBe("call.completed");
  });
}

Deno.test("times are read as text and as number, and may be absent at the end", () => {
  expect(
    mapped(call, {
      startTimeUnixNano: 1772614800000000000,
      endTimeUnixNano: 1772614800250000000,
    }).call.latency_ms,
  ).toBe(250);
  expect(
    mapped(call, {
      startTimeUnixNano: undefined,
      start_time_unix_nano: "1772614800000000000",
      endTimeUnixNano: undefined,
      end_time_unix_nano: "1772614800100000000",
    }).call.latency_ms,
  ).toBe(100);
  expect(mapped(call, { endTimeUnixNano: undefined }).call.latency_ms).toBeNull();
  const far = { name: "x", timeUnixNano: 1e300 };
  expect(mapped({}, { endTimeUnixNano: 1e300, events: [far] }).span.duration_ms).toBeNull();
  expect(mapped({}, { endTimeUnixNano: "0" }).span.duration_ms).toBeNull();
  expect(mapped(call, { endTimeUnixNano: "1772614799000000000" }).call.latency_ms).toBe(0);
});

Deno.test("a time that microseconds cannot hold is refused, the last one before is stored", async () => {
  await using t = await ingestApi();
  const at = async (spanId: string, startTimeUnixNano: string) =>
    (await t.post("/v1/traces", {
      resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: trace, spanId, startTimeUnixNano }] }] }],
    })).body;
  expect(await at("00f067aa0ba902b7", "8993721599000000000")).toEqual({});
  expect((await at("00f067aa0ba902b8", "9100000000000000000")).partialSuccess.rejectedSpans).toBe(
    "1",
  );
  const late = { type: "span", timestamp: "2254-12-31T23:59:59.999Z" };
  expect((await t.post("/v1/events", late)).status).toBe(201);
  expect((await t.post("/v1/events", { ...late, timestamp: "2260-01-01T00:00:00Z" })).status)
    .toBe(400);
  expect(await t.events()).toHaveLength(2);
});

Deno.test("lists and objects keep their shape as attributes, nested and empty", () => {
  const { span } = mapped({
    deep: { a: [1, { b: [true, "x", 1.5] }], c: {} },
    empty: [],
    bare: { kvlistValue: {} },
    none: { arrayValue: {} },
    bytes: { bytesValue: "AQI=" },
    infinite: { doubleValue: "Infinity" },
    large: { intValue: "9223372036854775807" },
  });
  expect(span.attributes).toEqual({
    deep: '{"a":[1,{"b":[true,"x",1.5]}],"c":{}}',
    empty: "[]",
    bare: "{}",
    none: "[]",
    bytes: "AQI=",
    infinite: "Infinity",
    large: "9223372036854775807",
  });
});

Deno.test("huge attributes are cut, their number is bounded, bodies stay whole", () => {
  const long = "long ".repeat(100_000);
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`own.${i}`, i]));
  const { call: data, request } = mapped({
    ...call,
    "gen_ai.input.messages": JSON.stringify([{ role: "user", content: long }]),
    "own.long": long,
    ...many,
  });
  expect(request.messages[0].content).toBe(long);
  expect(data.span?.attributes["own.long"]?.length).toBe(4_096);
  expect(Object.keys(data.span?.attributes ?? {}).length).toBeLessThanOrEqual(128);
});

Deno.test("messages that are no text but lists of objects are read as well", () => {
  const messages = [{ role: "user", parts: [{ type: "text", content: "Hi" }] }];
  const { request } = mapped({ ...call, "gen_ai.input.messages": any(messages) });
  expect(request.messages).toEqual([{ role: "user", content: "Hi" }]);
});
