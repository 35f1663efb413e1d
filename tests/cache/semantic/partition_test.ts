/** The context partition: what keeps two requests apart, however alike their last turns are. */
import { expect } from "expect";
import fc from "fast-check";
import { canonicalJson } from "@/core/cache/canonical_json.ts";
import { defaultSemanticSettings } from "@/core/cache/semantic/contract.ts";
import { partitionOf } from "@/core/cache/semantic/partition.ts";
import { splitTurn } from "@/core/cache/semantic/turn.ts";

const { allow } = defaultSemanticSettings;

function nameOf(body: Record<string, unknown>, projectId = "p1"): string {
  const split = splitTurn(body, allow);
  if ("why" in split) throw new Error(split.why);
  return partitionOf({
    projectId,
    provider: "openai",
    endpoint: "/v1/chat/completions",
    model: "gpt-4o",
    context: split.context,
    embedder: "embedded",
  }).name;
}

const tool = (type: string) => ({
  type: "function",
  function: { name: "find", parameters: { type: "object", properties: { id: { type } } } },
});
const chat = (content: string, rest: Record<string, unknown> = {}) => ({
  messages: [{ role: "system", content: "Be brief." }, { role: "user", content }],
  ...rest,
});

Deno.test("requests that differ in the last user turn alone share a partition", () => {
  expect(nameOf(chat("Hello?"))).toBe(nameOf(chat("Good bye?")));
});

Deno.test("two sets of tools that differ deep inside are two partitions", () => {
  // The original hashed with a list of top-level keys, which drops every nested one.
  expect(nameOf(chat("x", { tools: [tool("string")] }))).not.toBe(
    nameOf(chat("x", { tools: [tool("number")] })),
  );
  const schema = (max: number) => ({
    response_format: { type: "json_schema", json_schema: { schema: { items: { maximum: max } } } },
  });
  expect(nameOf(chat("x", schema(1)))).not.toBe(nameOf(chat("x", schema(2))));
});

Deno.test("project, system prompt, earlier turns and parameters each make another partition", () => {
  const base = nameOf(chat("x"));
  expect(nameOf(chat("x"), "p2")).not.toBe(base);
  expect(
    nameOf({ messages: [{ role: "system", content: "Be long." }, { role: "user", content: "x" }] }),
  ).not.toBe(base);
  expect(
    nameOf({
      messages: [
        { role: "user", content: "a" },
        { role: "assistant", content: "b" },
        ...chat("x").messages,
      ],
    }),
  ).not.toBe(base);
  expect(nameOf(chat("x", { temperature: 0.1 }))).not.toBe(base);
  expect(nameOf(chat("x", { a_field_of_tomorrow: { deep: [1] } }))).not.toBe(base);
});

Deno.test("fields that change no answer change no partition", () => {
  expect(nameOf(chat("x", { stream: true, user: "u", metadata: { a: 1 } }))).toBe(
    nameOf(chat("x")),
  );
});

Deno.test("components name what differs between two partitions", () => {
  const of = (extra: Record<string, unknown>) =>
    partitionOf({
      projectId: "p",
      provider: "o",
      endpoint: "/e",
      model: "m",
      context: extra,
      embedder: "e",
    }).components;
  const [one, other] = [of({ tools: [tool("string")] }), of({ tools: [tool("number")] })];
  const differing = Object.keys(one).filter((key) => one[key] !== other[key]);
  expect(differing).toEqual(["tools"]);
});

Deno.test("the last user turn is found in every provider's form", () => {
  const forms: readonly Record<string, unknown>[] = [
    chat("Why?"),
    { system: "S", messages: [{ role: "user", content: [{ type: "text", text: "Why?" }] }] },
    { input: "Why?" },
    { input: [{ role: "user", content: [{ type: "input_text", text: "Why?" }] }] },
    { contents: [{ role: "user", parts: [{ text: "Why?" }] }] },
    { prompt: "Why?" },
  ];
  for (const body of forms) {
    const split = splitTurn(body, allow);
    expect(split).toHaveProperty("turn", "Why?");
    expect(JSON.stringify("context" in split ? split.context : null)).not.toContain("Why?");
  }
});

Deno.test("tool results and images are left out unless the project allows them", () => {
  const withTool = {
    messages: [{ role: "tool", tool_call_id: "1", content: "{}" }, { role: "user", content: "x" }],
  };
  const withImage = {
    messages: [{
      role: "user",
      content: [{ type: "text", text: "x" }, { type: "image_url", image_url: { url: "u" } }],
    }],
  };
  expect(splitTurn(withTool, allow)).toEqual({ why: "tool_results" });
  expect(splitTurn(withImage, allow)).toEqual({ why: "images" });
  const allowed = splitTurn(withImage, { ...allow, images: true });
  expect(allowed).toHaveProperty("turn", "x");
  expect(JSON.stringify(allowed)).toContain('"url":"u"');
});

Deno.test("a request without a user's text takes no part, and says why", () => {
  expect(splitTurn({ messages: [{ role: "assistant", content: "x" }] }, allow)).toEqual({
    why: "no_user_turn",
  });
  expect(splitTurn({ model: "m" }, allow)).toEqual({ why: "unknown_format" });
  expect(splitTurn(null, allow)).toEqual({ why: "unknown_format" });
  expect(splitTurn({ prompt: "x".repeat(5_000) }, allow)).toEqual({ why: "too_long" });
});

Deno.test("canonical JSON is equal exactly when the values are", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (x, y) => {
    const reordered: unknown = JSON.parse(
      JSON.stringify(x),
      (_, value: unknown) =>
        typeof value === "object" && value !== null && !Array.isArray(value)
          ? Object.fromEntries(Object.entries(value).reverse())
          : value,
    );
    expect(canonicalJson(reordered)).toBe(canonicalJson(x));
    expect(JSON.parse(canonicalJson(x))).toEqual(JSON.parse(JSON.stringify(x)));
    const equal = canonicalJson(x) === canonicalJson(y);
    expect(equal).toBe(
      canonicalJson(JSON.parse(canonicalJson(x))) === canonicalJson(JSON.parse(canonicalJson(y))),
    );
  }));
});

Deno.test("ten thousand pairs of contexts that differ in one nested field: no two partitions are one", () => {
  const base = { tools: [{ f: { p: { a: 1, b: ["x", { c: null }] } } }], o: { k: "v" } };
  const paths = [
    ["tools", 0, "f", "p", "a"],
    ["tools", 0, "f", "p", "b", 0],
    ["tools", 0, "f", "p", "b", 1, "c"],
    ["o", "k"],
    ["n"],
  ];
  const change = (value: unknown, path: readonly (string | number)[], to: unknown): unknown => {
    const [key, ...rest] = path;
    if (key === undefined) return to;
    if (Array.isArray(value)) {
      return value.map((item, at) => at === key ? change(item, rest, to) : item);
    }
    const object = typeof value === "object" && value !== null ? value : {};
    return {
      ...object,
      [key]: change(Object.entries(object).find(([name]) => name === key)?.[1], rest, to),
    };
  };
  const before = nameOf(chat("q", base));
  for (let n = 0; n < 10_000; n++) {
    const changed = change(base, paths[n % paths.length] ?? [], { n });
    expect(nameOf(chat("q", Object.fromEntries(Object.entries(changed ?? {})))) === before).toBe(
      false,
    );
  }
});
