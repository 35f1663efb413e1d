import { expect } from "expect";
import fc from "fast-check";
import { canonicalJson, parseExactly } from "@/core/cache/canonical_json.ts";
import { type KeyInput, keyOf } from "@/core/cache/exact/key.ts";
import { partitionOf } from "@/core/cache/semantic/partition.ts";
import { seededRandom } from "@/tools/seeded_random.ts";

const scope = { namespace: "", seed: "", bucket: 0, ignore: [], customKey: null };
const request: KeyInput = {
  project: "p1",
  provider: "openai",
  origin: "https://api.openai.com",
  endpoint: "/v1/chat/completions",
  model: "gpt-4o",
  version: {},
  body: { model: "gpt-4o", temperature: 0, messages: [{ role: "user", content: "Hi" }] },
  bothForms: true,
  stream: false,
  scope,
};
const key = (more: Partial<KeyInput> = {}) => keyOf({ ...request, ...more }).hash;
const ofBody = (body: unknown) => key({ body });
const ofText = (text: string) => key({ body: parseExactly(text, JSON.parse(text)) });

/** A JSON value with one leaf replaced, however deep. */
function changed(value: unknown, place: readonly number[], by: unknown): unknown {
  if (typeof value !== "object" || value === null) return by;
  const entries = Object.entries(value);
  const [first = 0, ...rest] = place;
  if (entries.length === 0 || place.length === 0) return by;
  const at = first % entries.length;
  const members = entries.map(([name, member], i) =>
    [name, i === at ? changed(member, rest, by) : member] as const
  );
  return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
}

/** Without what JSON does not tell apart: what is undefined, and the sign of zero. */
const normal = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? "null");

Deno.test("two requests that differ in one nested field never have one key: 10,000 pairs", () => {
  const fields = [
    "messages",
    "tools",
    "response_format",
    "temperature",
    "extra",
    "__proto__",
    "seed",
  ];
  let compared = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...fields),
      fc.jsonValue({ maxDepth: 5 }),
      fc.array(fc.nat(20), { maxLength: 6 }),
      fc.jsonValue({ maxDepth: 1 }),
      (field, value, place, by) => {
        const base = normal(request.body) as Record<string, unknown>;
        const a = { ...base };
        const b = { ...base };
        // As JSON.parse does it: a field may be named __proto__.
        const own = { enumerable: true, configurable: true, writable: true };
        Object.defineProperty(a, field, { ...own, value: normal(value) });
        Object.defineProperty(b, field, { ...own, value: normal(changed(value, place, by)) });
        const same = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
        if (!same) compared++;
        expect(ofBody(a) === ofBody(b)).toBe(same);
      },
    ),
    { numRuns: 12_500, seed: 4 },
  );
  expect(compared).toBeGreaterThanOrEqual(10_000);
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value).map(([name, member]) => [name, sorted(member)])
    .sort(([x], [y]) => String(x) < String(y) ? -1 : 1)
    // An object's members, not a list's.
    .concat([["object"]]);
}

Deno.test("100,000 pairs of requests over two tenants: none share a key", () => {
  const random = seededRandom(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const questions = Array.from({ length: 40 }, (_, i) => `Question ${i}`);
  const keys = new Map<string, Set<string>>([["a", new Set()], ["b", new Set()]]);
  for (let i = 0; i < 100_000; i++) {
    const body = {
      messages: [{ role: "user", content: pick(questions) }],
      temperature: pick([0, 0.5, 1]),
      max_tokens: pick([null, 100, 200]),
    };
    const made = [...keys.keys()].map((project) =>
      [project, key({ project, body, model: pick(["m1", "m2"]) })] as const
    );
    for (const [project, hash] of made) keys.get(project)?.add(hash);
  }
  const [a, b] = [...keys.values()];
  expect(a?.size).toBeGreaterThan(300);
  expect([...a ?? []].filter((hash) => b?.has(hash))).toEqual([]);
});

Deno.test("the order of fields, spaces and volatile fields do not matter; everything else does", () => {
  const plain = ofText(`{"temperature":0,"messages":[{"role":"user","content":"Hi"}]}`);
  const same = [
    `{ "messages": [ {"content":"Hi","role":"user"} ], "temperature": 0 }`,
    `{"temperature":0.0,"messages":[{"role":"user","content":"\\u0048i"}]}`,
    `{"temperature":0,"messages":[{"role":"user","content":"Hi"}],"user":"u","metadata":{"a":1},"stream":true,"stream_options":{},"store":true,"safety_identifier":"s","prompt_cache_key":"k"}`,
  ];
  for (const text of same) expect(ofText(text)).toBe(plain);
  const different = [
    { project: "p2" },
    { provider: "azure" },
    { origin: "http://127.0.0.1:1" },
    { endpoint: "/v1/responses" },
    { model: "gpt-4o-mini" },
    { version: { "openai-beta": "x" } },
    { scope: { ...scope, namespace: "n" } },
    { scope: { ...scope, seed: "s" } },
    { scope: { ...scope, bucket: 1 } },
    { scope: { ...scope, customKey: "c" } },
    { bothForms: false },
  ].map((more) => key(more));
  expect(new Set([key(), ...different]).size).toBe(different.length + 1);
});

Deno.test("numbers that JavaScript cannot tell apart stay apart", () => {
  const pairs = [
    ["9007199254740992", "9007199254740993"],
    ["0.1", "0.10000000000000000555"],
    ["1e400", "1e401"],
    ["1e-400", "0"],
    ["123456789012345678901", "123456789012345678902"],
  ];
  for (const [a, b] of pairs) {
    expect([a, ofText(`{"seed":${a}}`) === ofText(`{"seed":${b}}`)]).toEqual([a, false]);
    expect(ofText(`{"seed":${a}}`)).toBe(ofText(`{ "seed" : ${a} }`));
    // A number is no text.
    expect(ofText(`{"seed":${a}}`)).not.toBe(ofText(`{"seed":"${a}"}`));
  }
  expect(ofText(`{"seed":1.0,"x":"9007199254740993"}`)).toBe(
    ofText(`{"seed":1,"x":"9007199254740993"}`),
  );
});

Deno.test("bytes that are no text have keys of their own", () => {
  const body = { messages: ["\ufffd"] };
  const one = key({ body, rawBody: Uint8Array.of(0xff) });
  const two = key({ body, rawBody: Uint8Array.of(0xfe) });
  expect(new Set([one, two, ofBody(body)]).size).toBe(3);
});

Deno.test("where a system message stands matters", () => {
  const system = { role: "system", content: "Be brief" };
  const user = { role: "user", content: "Hi" };
  const orders = [[system, user], [user, system], [system, system, user], [user, user, system]];
  expect(new Set(orders.map((messages) => ofBody({ messages }))).size).toBe(orders.length);
});

// Faults of the project that this one replaces, each shown there by running it.

Deno.test("fault: two projects with one request had one entry", () => {
  expect(key({ project: "p1" })).not.toBe(key({ project: "p2" }));
  // A project's name cannot be made to look like another's beginning.
  expect(key({ project: "p", provider: "1openai" })).not.toBe(
    key({ project: "p1", provider: "openai" }),
  );
});

Deno.test("fault: a 32-bit hash took Aa for BB", () => {
  const of = (content: string) => ofBody({ messages: [{ role: "user", content }] });
  expect(of("Aa")).not.toBe(of("BB"));
  expect(of("AaAa")).not.toBe(of("BBBB"));
  expect(key()).toMatch(/^[0-9a-f]{64}$/);
});

Deno.test("fault: nested tools and schemas were left out of the hash", () => {
  const tool = (type: string) => ({
    tools: [{
      type: "function",
      function: { name: "f", parameters: { properties: { a: { type } } } },
    }],
  });
  const schema = (type: string) => ({
    response_format: {
      type: "json_schema",
      json_schema: { schema: { properties: { a: { type } } } },
    },
  });
  expect(ofBody(tool("string"))).not.toBe(ofBody(tool("number")));
  expect(ofBody(schema("string"))).not.toBe(ofBody(schema("number")));
  const partition = (context: Record<string, unknown>) =>
    partitionOf({
      projectId: "p",
      provider: "o",
      endpoint: "/",
      model: "m",
      context,
      embedder: "e",
    }).name;
  expect(partition(tool("string"))).not.toBe(partition(tool("number")));
  expect(partition(schema("string"))).not.toBe(partition(schema("number")));
});

Deno.test("fault: max_tokens, top_p and seed were not in the key", () => {
  const bodies = [{}, { max_tokens: 5 }, { top_p: 0.1 }, { seed: 1 }, { tools: [] }, { n: 2 }];
  expect(new Set(bodies.map(ofBody)).size).toBe(bodies.length);
});

Deno.test("fault: a normaliser changed dates, ids and words before hashing", () => {
  const of = (content: string) => ofBody({ messages: [{ role: "user", content }] });
  const pairs = [
    ["ABC-12", "ABC−12"],
    ["2024/05/01", "2024÷05÷01"],
    ["add milk to the list", "+milk the list"],
    ["What is it?", "what's it?"],
    ["3 times 4", "3×4"],
    ["Please stop", "stop"],
  ];
  for (const [a = "", b = ""] of pairs) expect([a, of(a) === of(b)]).toEqual([a, false]);
});

Deno.test("a field named __proto__ is a field like any other", () => {
  const context = (text: string) => JSON.parse(text) as Record<string, unknown>;
  const a = context(`{"__proto__":{"x":1}}`);
  const b = context(`{"__proto__":{"x":2}}`);
  expect(ofBody(a)).not.toBe(ofBody(b));
  expect(canonicalJson(a)).toBe(`{"__proto__":{"x":1}}`);
  const partition = (of: Record<string, unknown>) =>
    partitionOf({
      projectId: "p",
      provider: "o",
      endpoint: "/",
      model: "m",
      context: of,
      embedder: "e",
    }).name;
  expect(partition(a)).not.toBe(partition(b));
});
