import { expect } from "expect";
import { entryFor, leftOutTable } from "@/core/gateway/translate/left_out.ts";
import type { Dialect } from "@/core/gateway/translate/request.ts";
import { routingHeaders } from "@/core/gateway/routing/headers.ts";

const docs = (await Deno.readTextFile(new URL("../../docs/gateway.md", import.meta.url)))
  .replaceAll(/\s+/g, " ").toLowerCase();
const names: Readonly<Record<Dialect, string>> = {
  "openai-chat": "OpenAI",
  anthropic: "Anthropic",
  gemini: "Gemini",
};

Deno.test("the documentation prints the table of what translation leaves out, whole", () => {
  for (const { fields, to, because } of leftOutTable) {
    const written = Object.entries(fields).map(([dialect, paths]) =>
      `${names[dialect as Dialect]}: ${paths.map((path) => `\`${path}\``).join(", ")}`
    ).join("; ");
    const targets = to.length === 3 ? "all" : to.map((one) => names[one]).join(", ");
    expect(docs).toContain(`| ${written} | ${targets} | ${because} |`.toLowerCase());
  }
});

Deno.test("the documentation names every routing header", () => {
  for (const name of Object.keys(routingHeaders)) {
    const short = name.replace("helicone-retry", "");
    expect([name, docs.includes(`\`${name}\``) || docs.includes(`\`${short}\``)]).toEqual([
      name,
      true,
    ]);
  }
});

Deno.test("a field of the table is found wherever it stands, and only for its targets", () => {
  expect(entryFor("openai-chat", "messages[3].content[12].image_url.detail", "gemini"))
    .toBe("mediaDetail");
  expect(entryFor("openai-chat", "seed", "anthropic")).toBe("seed");
  expect(entryFor("openai-chat", "seed", "gemini")).toBe(null);
  expect(entryFor("openai-chat", "messages[0].unknown", "anthropic")).toBe(null);
});
