import { expect } from "expect";
import { bounds } from "@/core/gateway/attributes.ts";
import { readHeaders } from "@/core/gateway/headers.ts";

function attributes(headers: Record<string, string>) {
  return readHeaders(new Headers(headers)).attributes;
}

/** UTF-8 bytes as HTTP hands them over. */
function onTheWire(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

const users = ["x-watchllm-user", "helicone-user-id", "x-litellm-customer-id"];
const sessions = ["x-watchllm-session", "helicone-session-id", "x-litellm-session-id"];

for (const name of users) {
  Deno.test(`${name} names the user`, () => expect(attributes({ [name]: "u1" }).user).toBe("u1"));
}
for (const name of sessions) {
  Deno.test(`${name} names the session`, () => {
    expect(attributes({ [name]: "s1" }).session).toBe("s1");
  });
}

Deno.test("JSON metadata of peers becomes properties, and _user the user", () => {
  const read = attributes({ "x-portkey-metadata": '{"_user":"u1","team":"a","n":3,"on":true}' });
  expect(read.user).toBe("u1");
  expect(read.properties).toEqual({ team: "a", n: "3", on: "true" });
  expect(attributes({ "cf-aig-metadata": "not json" }).properties).toEqual({});
  expect(attributes({ "cf-aig-metadata": '["a"]' }).properties).toEqual({});
});

Deno.test("property headers of both families are read, whatever their name", () => {
  const read = attributes({
    "X-WatchLLM-Property-Feature": "search",
    "Helicone-Property-Plan": "pro",
    "x-watchllm-property-__proto__": "polluted",
    "x-watchllm-property-": "nameless",
  });
  expect(Object.entries(read.properties).sort()).toEqual([
    ["__proto__", "polluted"],
    ["feature", "search"],
    ["plan", "pro"],
  ]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

Deno.test("only a valid traceparent is taken", () => {
  const trace = "0af7651916cd43dd8448eb211c80319c";
  const span = "b7ad6b7169203331";
  const valid = attributes({ traceparent: `00-${trace}-${span}-01` });
  expect([valid.traceId, valid.parentSpanId]).toEqual([trace, span]);
  for (
    const bad of [
      `ff-${trace}-${span}-01`,
      `00-${"0".repeat(32)}-${span}-01`,
      `00-${trace}-${"0".repeat(16)}-01`,
      `00-${trace.toUpperCase()}-${span}-01`,
      `00-${trace}-${span}`,
      "nonsense",
    ]
  ) {
    expect(attributes({ traceparent: bad }).traceId).toBe(null);
  }
});

Deno.test("values are decoded from UTF-8 and percent-encoding, and kept when they are neither", () => {
  expect(attributes({ "x-watchllm-user": onTheWire("Zoë 东") }).user).toBe("Zoë 东");
  expect(attributes({ "x-watchllm-user": "Zo%C3%AB" }).user).toBe("Zoë");
  expect(attributes({ "x-watchllm-user": "100%" }).user).toBe("100%");
  expect(attributes({ "x-watchllm-user": "%FF%FE" }).user).toBe("%FF%FE");
  expect(attributes({ "x-watchllm-user": "caf\u00e9" }).user).toBe("café");
});

Deno.test("over-long values and too many properties are cut at the bounds", () => {
  expect(attributes({ "x-watchllm-user": "u".repeat(10_000) }).user?.length).toBe(bounds.id);
  const many = Object.fromEntries(
    Array.from({ length: 200 }, (_, i) => [`x-watchllm-property-p${i}`, "v".repeat(5_000)]),
  );
  const { properties } = attributes(many);
  expect(Object.keys(properties).length).toBe(bounds.properties);
  expect(Object.values(properties).every((value) => value.length === bounds.value)).toBe(true);
  expect(attributes({ "x-watchllm-user": onTheWire("😀".repeat(200)) }).user?.isWellFormed())
    .toBe(true);
});

const omissions: readonly (readonly [string, string, boolean, boolean])[] = [
  ["x-watchllm-omit-request", "true", true, false],
  ["helicone-omit-response", "true", false, true],
  ["helicone-omit-request", "false", false, false],
  ["cf-aig-collect-log-payload", "false", true, true],
  ["cf-aig-collect-log-payload", "true", false, false],
  ["x-portkey-debug", "false", true, true],
];
for (const [name, value, omitRequest, omitResponse] of omissions) {
  Deno.test(`${name}: ${value} is honoured`, () => {
    expect(attributes({ [name]: value })).toMatchObject({ omitRequest, omitResponse });
  });
}
