/**
 * Headers that cannot be sent. Deno's server ends the whole process on an answer whose header holds a control
 * character, so none may reach it, whoever wrote it.
 */
import { expect } from "expect";
import { json, projectKey, runGateway, runUpstream } from "./fixture.ts";

const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const body = JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hi" }] });

/** A provider that answers every connection with the same bytes, once. */
function answering(answer: string) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const conn of listener) {
      await conn.read(new Uint8Array(4_096));
      await conn.write(latin1(answer));
      conn.close();
    }
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
}

function ask(url: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${projectKey}`,
      "content-type": "application/json",
      ...headers,
    },
    body,
  });
}

Deno.test("a provider's header with a control character is left out, and the answer given", async () => {
  const strange = Array.from({ length: 32 }, (_, code) => code).filter((code) => code !== 10);
  const lines = [...strange, 127].map((code) => `x-${code}: a${String.fromCharCode(code)}b\r\n`);
  await using provider = answering(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${lines.join("")}x-good: caf\xe9\r\n` +
      `content-length: 2\r\n\r\n{}`,
  );
  await using gateway = runGateway({ upstreams: { openai: provider.url } });
  const answer = await ask(gateway.url);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe("{}");
  expect(answer.headers.get("x-good")).toBe("caf\xe9");
  const left = [...answer.headers.keys()].filter((name) => /^x-\d+$/.test(name));
  // A tab may stand in a value.
  expect(left).toEqual(["x-9"]);
});

for (const name of ["a\u0001b", "\u2603", "a\r\nx-injected: 1"]) {
  Deno.test(`a target named ${JSON.stringify(name)} is told in signs that a header may hold`, async () => {
    await using provider = await runUpstream((_, response) => json(response, {}));
    await using gateway = runGateway({ upstreams: { openai: provider.url } });
    const route = JSON.stringify({ targets: [{ name, provider: "openai" }] });
    const answer = await ask(gateway.url, { "x-watchllm-route": encodeURIComponent(route) });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-watchllm-target")).toMatch(/^[\x20-\x7e]+$/);
    expect(answer.headers.has("x-injected")).toBe(false);
    await answer.body?.cancel();
  });
}

Deno.test("a provider cannot loosen what its pages may do on the gateway's origin", async () => {
  await using provider = answering(
    "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-security-policy: default-src *\r\n" +
      "content-security-policy-report-only: default-src *\r\nservice-worker-allowed: /\r\n" +
      "x-frame-options: ALLOWALL\r\nrefresh: 0;url=http://elsewhere.test/\r\n" +
      "content-length: 2\r\n\r\nhi",
  );
  await using gateway = runGateway({ upstreams: { openai: provider.url } });
  const answer = await ask(gateway.url);
  expect(await answer.text()).toBe("hi");
  for (
    const name of [
      "content-security-policy",
      "content-security-policy-report-only",
      "service-worker-allowed",
      "x-frame-options",
      "refresh",
    ]
  ) expect([name, answer.headers.get(name)]).toEqual([name, null]);
});
