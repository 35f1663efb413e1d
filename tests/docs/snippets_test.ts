/** The README's snippets do what they say: run as they stand, but for the address and the key. */
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { expect } from "expect";
import OpenAI from "openai";
import { projectKey, runGateway, type Running } from "@/tests/gateway/fixture.ts";
import { serveSimulator } from "@/tools/simulator/serve.ts";

const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
const told = { address: "http://127.0.0.1:8787", key: "wl_live_…" };

/** The blocks of a language that hold a text. */
function snippets(language: string, holds: string): string[] {
  const blocks = readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"));
  return [...blocks].map(([, code = ""]) => code).filter((code) => code.includes(holds));
}

function here(code: string, { url }: Running): string {
  expect(code).toContain(told.address);
  expect(code).toContain(told.key);
  return code.replaceAll(told.address, url).replaceAll(told.key, projectKey);
}

/** The client that a snippet makes. */
function clientOf(name: string, constructor: unknown, running: Running): unknown {
  const [code = "", ...others] = snippets("ts", `new ${name}(`);
  expect(others).toEqual([]);
  const [, made = ""] = /^const \w+ = (new [\s\S]*?);$/m.exec(here(code, running)) ?? [];
  return new Function(name, `return ${made};`)(constructor);
}

async function installed(work: (running: Running) => Promise<void>): Promise<void> {
  const simulator = serveSimulator();
  try {
    await using running = runGateway({
      upstreams: {
        openai: `${simulator.url}/openai`,
        anthropic: `${simulator.url}/anthropic`,
        google: `${simulator.url}/google`,
        mistral: `${simulator.url}/openai`,
      },
      providerKeys: { openai: "sk-1", anthropic: "sk-2", google: "sk-3", mistral: "sk-4" },
    });
    await work(running);
  } finally {
    await simulator.close();
  }
}

Deno.test("the README's OpenAI client is answered", () =>
  installed(async (running) => {
    // The snippet makes the client that its import names.
    const openai = clientOf("OpenAI", OpenAI, running) as OpenAI;
    const messages = [{ role: "user" as const, content: "Hello" }];
    const answer = await openai.chat.completions.create({ model: "gpt-4o", messages });
    expect(answer.choices[0]?.message.content).toBeTruthy();
    expect(running.log.only.event).toMatchObject({ type: "call.completed" });
  }));

Deno.test("the README's Anthropic client is answered", () =>
  installed(async (running) => {
    // As above.
    const anthropic = clientOf("Anthropic", Anthropic, running) as Anthropic;
    const messages = [{ role: "user" as const, content: "Hello" }];
    const model = "claude-haiku-4-5";
    const answer = await anthropic.messages.create({ model, messages, max_tokens: 20 });
    expect(answer.content[0]?.type).toBe("text");
    expect(running.log.only.event).toMatchObject({ type: "call.completed" });
  }));

Deno.test("the README's Gemini client is answered", () =>
  installed(async (running) => {
    // As above.
    const gemini = clientOf("GoogleGenAI", GoogleGenAI, running) as GoogleGenAI;
    const model = "gemini-2.5-flash";
    const answer = await gemini.models.generateContent({ model, contents: "Hello" });
    expect(answer.text).toBeTruthy();
    expect(running.log.only.event).toMatchObject({ type: "call.completed" });
  }));

Deno.test("the README's request for anything else is answered", () =>
  installed(async (running) => {
    const [code = "", ...others] = snippets("sh", "/proxy/");
    expect(others).toEqual([]);
    const command = here(code, running);
    const [, url = ""] = /curl (\S+)/.exec(command) ?? [];
    const [, body = ""] = /-d '([^']+)'/.exec(command) ?? [];
    const headers = [...command.matchAll(/-H "([^:]+): ([^"]+)"/g)]
      .map(([, name = "", value = ""]): [string, string] => [name, value]);
    const answer = await fetch(url, { method: "POST", headers, body });
    expect(answer.status).toBe(200);
    await answer.body?.cancel();
    expect(running.log.only.event).toMatchObject({ data: { provider: "mistral" } });
  }));

Deno.test("the README's Python clients have the addresses of the others", () => {
  const base = (language: string, name: string) =>
    snippets(language, `${name}(`).flatMap((code) =>
      [...code.matchAll(/(?:baseURL|base_url)[:=] ?"([^"]+)"/g)].map(([, url]) => url)
    );
  expect(base("python", "OpenAI")).toEqual(base("ts", "new OpenAI"));
  expect(base("python", "Anthropic")).toEqual(base("ts", "new Anthropic"));
});
