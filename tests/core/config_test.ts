import { expect } from "expect";
import { readConfig, settings, settingsTable } from "@/core/config.ts";

function config(env: Record<string, string> = {}) {
  const read = readConfig(env);
  if (!read.ok) throw new Error(read.detail);
  return read.config;
}

function problems(env: Record<string, string>): string {
  const read = readConfig(env);
  expect(read.ok).toBe(false);
  return read.ok ? "" : read.detail;
}

Deno.test("readConfig() gives every setting its documented default", () => {
  const defaults = config();
  expect(defaults.WATCHLLM_HOST).toBe("127.0.0.1");
  expect(defaults.WATCHLLM_PORT).toBe(8787);
  expect(defaults.WATCHLLM_DURABILITY).toBe("strict");
  expect(defaults.CLICKHOUSE_URL).toBeUndefined();
  expect(Object.keys(settings).filter((name) => !(name in defaults))).toEqual([]);
});

Deno.test("readConfig() takes every setting of the table, and nothing else for it", () => {
  const given: Record<keyof typeof settings, string> = {
    WATCHLLM_HOST: "0.0.0.0",
    WATCHLLM_PORT: "9000",
    WATCHLLM_DATA_DIR: "/var/lib/watchllm",
    WATCHLLM_MASTER_KEY: btoa("k".repeat(32)),
    WATCHLLM_BOOTSTRAP_KEY: `wl_live_${"a".repeat(12)}_${"b".repeat(43)}`,
    WATCHLLM_ADMIN_PASSWORD: "correct horse",
    WATCHLLM_DURABILITY: "relaxed",
    WATCHLLM_MAX_BODY_BYTES: "1000",
    WATCHLLM_UPSTREAM_TIMEOUT_MS: "3000",
    WATCHLLM_ALLOW_PRIVATE_UPSTREAMS: "true",
    CLICKHOUSE_URL: "http://127.0.0.1:8123",
    CLICKHOUSE_USER: "u",
    CLICKHOUSE_PASSWORD: "p",
    CLICKHOUSE_DATABASE: "d",
  };
  const read = readConfig(given);
  if (!read.ok) throw new Error(read.detail);
  expect(read.warnings).toEqual([]);
  expect(read.config).toMatchObject({
    WATCHLLM_PORT: 9000,
    WATCHLLM_UPSTREAM_TIMEOUT_MS: 3000,
    allowPrivateUpstreams: true,
  });
  expect(read.config.upstreams.size).toBe(0);
});

Deno.test("readConfig() takes an empty variable as absent", () => {
  expect(config({ WATCHLLM_PORT: "", OPENAI_API_KEY: "" }).providerKeys.size).toBe(0);
});

Deno.test("readConfig() names every variable that is wrong and shows none of their values", () => {
  const detail = problems({
    WATCHLLM_PORT: "eighty",
    WATCHLLM_BOOTSTRAP_KEY: "wl_live_tooshort",
    WATCHLLM_MASTER_KEY: "c2hvcnQ=",
    WATCHLLM_UPSTREAM_OPENAI: "ftp://example.test",
    CLICKHOUSE_DATABASE: "a; DROP",
  });
  for (
    const name of [
      "WATCHLLM_PORT",
      "WATCHLLM_BOOTSTRAP_KEY",
      "WATCHLLM_MASTER_KEY",
      "WATCHLLM_UPSTREAM_OPENAI",
      "CLICKHOUSE_DATABASE",
    ]
  ) expect(detail).toContain(name);
  expect(detail).not.toMatch(/tooshort|c2hvcnQ|DROP|eighty/);
});

Deno.test("readConfig() says in words what each variable must be", () => {
  const detail = problems({
    WATCHLLM_PORT: "99999",
    WATCHLLM_DURABILITY: "maybe",
    WATCHLLM_MAX_BODY_BYTES: "0",
    WATCHLLM_UPSTREAM_TIMEOUT_MS: "soon",
  });
  expect(detail.split("\n")).toEqual([
    "WATCHLLM_PORT: must be at most 65535",
    "WATCHLLM_DURABILITY: must be one of strict, relaxed",
    "WATCHLLM_MAX_BODY_BYTES: must be more than 0",
    "WATCHLLM_UPSTREAM_TIMEOUT_MS: must be a number",
  ]);
});

Deno.test("readConfig() takes ClickHouse's address without what other variables say", () => {
  for (const more of ["user:canary@c.example:8443", "c.example/analytics", "c.example?user=a"]) {
    const detail = problems({ CLICKHOUSE_URL: `https://${more}` });
    expect(detail).toContain("CLICKHOUSE_URL: must have neither user, password, path");
    expect(detail).not.toContain("canary");
  }
  for (const url of ["https://c.example:8443", "http://127.0.0.1:8123/", "http://[::1]:8123"]) {
    expect(config({ CLICKHOUSE_URL: url }).CLICKHOUSE_URL).toBe(url);
  }
});

Deno.test("readConfig() takes no waiting time that a timer would end at once", () => {
  const detail = problems({ WATCHLLM_UPSTREAM_TIMEOUT_MS: "2147483648" });
  expect(detail).toBe("WATCHLLM_UPSTREAM_TIMEOUT_MS: must be at most 2147483647");
  const read = config({ WATCHLLM_UPSTREAM_TIMEOUT_MS: "2147483647" });
  expect(read.WATCHLLM_UPSTREAM_TIMEOUT_MS).toBe(2_147_483_647);
});

Deno.test("readConfig() accepts keys of the documented forms", () => {
  const key = `wl_live_${"a1".repeat(6)}_${"Z".repeat(43)}`;
  const master = btoa("x".repeat(32));
  const read = config({ WATCHLLM_BOOTSTRAP_KEY: key, WATCHLLM_MASTER_KEY: master });
  expect([read.WATCHLLM_BOOTSTRAP_KEY, read.WATCHLLM_MASTER_KEY]).toEqual([key, master]);
});

Deno.test("readConfig() collects upstreams and provider keys by provider", () => {
  const read = config({
    WATCHLLM_UPSTREAM_OPENAI: "http://127.0.0.1:9000/base",
    ANTHROPIC_API_KEY: "secret",
  });
  expect(read.upstreams.get("openai")?.pathname).toBe("/base");
  expect(read.providerKeys.get("anthropic")).toBe("secret");
});

Deno.test("readConfig() collects sentence models by name, each with its vocabulary", () => {
  const { onnxModels } = config({
    WATCHLLM_ONNX_MINILM: "/models/minilm.onnx",
    WATCHLLM_ONNX_OTHER: "/models/other.onnx",
    WATCHLLM_ONNX_OTHER_VOCABULARY: "/models/words.txt",
    WATCHLLM_ONNX_EMPTY: "",
  });
  expect([...onnxModels]).toEqual([
    ["minilm", { model: "/models/minilm.onnx", vocabulary: null }],
    ["other", { model: "/models/other.onnx", vocabulary: "/models/words.txt" }],
  ]);
  expect(problems({ WATCHLLM_ONNX_GONE_VOCABULARY: "/models/words.txt" }))
    .toContain("WATCHLLM_ONNX_GONE names no model");
});

Deno.test("the README's configuration table is the one in the code", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const rows = (markdown: string) =>
    markdown.split("\n").filter((line) => line.startsWith("| `")).map((line) =>
      line.split("|").map((cell) => cell.trim()).join("|")
    );
  const shown = rows(readme);
  for (const row of rows(settingsTable())) expect(shown).toContain(row);
});

Deno.test("readConfig() knows providers by other tools' names and says which nobody has", () => {
  const read = readConfig({
    WATCHLLM_UPSTREAM_GEMINI: "http://127.0.0.1:9000",
    WATCHLLM_UPSTREAM_TOGETHER_AI: "http://127.0.0.1:9001",
    WATCHLLM_UPSTREAM_OPENIA: "http://127.0.0.1:9002",
  });
  if (!read.ok) throw new Error(read.detail);
  expect([...read.config.upstreams.keys()]).toEqual(["google", "together", "openia"]);
  expect(read.warnings).toEqual([
    "WATCHLLM_UPSTREAM_OPENIA: there is no provider of this name, so nothing is sent there",
  ]);
  expect(readConfig({ WATCHLLM_UPSTREAM_OPENAI: "http://x" })).toMatchObject({ warnings: [] });
});
