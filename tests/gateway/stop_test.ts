import { expect } from "expect";
import { shutDown } from "@/tools/web/shut_down.ts";
import { eventually, json, projectKey, runGateway, runUpstream } from "./fixture.ts";

const headers = { authorization: `Bearer ${projectKey}`, "content-type": "application/json" };
const chunk = (text: string) =>
  `data: ${
    JSON.stringify({ id: "c", model: "gpt-4o", choices: [{ index: 0, delta: { content: text } }] })
  }\n\n`;

function ask(url: string, stream: boolean): Promise<Response> {
  const body = JSON.stringify({
    model: "gpt-4o",
    stream,
    messages: [{ role: "user", content: "Hi" }],
  });
  return fetch(`${url}/v1/chat/completions`, { method: "POST", headers, body });
}

/** Of a stream that has begun. */
async function readerOf(url: string) {
  const { body } = await ask(url, true);
  if (!body) throw new Error("The answer has no body");
  const reader = body.getReader();
  await reader.read();
  return reader;
}

Deno.test("a stream that is cut because the gateway stops is on record with what it had used", async () => {
  await using provider = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(chunk("Once upon a time there was"));
  });
  await using gateway = runGateway({ upstreams: { openai: provider.url } });
  const reader = await readerOf(gateway.url);
  gateway.gateway.stop();
  await expect((async () => {
    while (!(await reader.read()).done);
  })()).rejects.toThrow();
  await eventually(() => gateway.log.records.length === 1, "the event");
  const { event } = gateway.log.only;
  expect(event).toMatchObject({
    type: "call.failed",
    data: { status_code: 200, error: { code: "server_stopping", origin: "gateway" } },
  });
  expect(event.data.usage.source).toBe("estimate");
  await eventually(() => provider.left === 1, "the provider is let go");
  expect(gateway.gateway.open).toBe(0);
});

Deno.test("a call that waits for its provider when the gateway stops is answered and on record", async () => {
  await using provider = await runUpstream(() => {});
  await using gateway = runGateway({ upstreams: { openai: provider.url } });
  const answering = ask(gateway.url, false);
  await eventually(() => provider.seen.length === 1, "the call");
  gateway.gateway.stop();
  const answer = await answering;
  expect(answer.status).toBe(503);
  expect((await answer.json()).error.code).toBe("server_stopping");
  expect(gateway.log.only.event).toMatchObject({
    type: "call.failed",
    // The provider may have done its work, and charge for it.
    data: { status_code: 503, error: { code: "server_stopping" }, cost: { usd: null } },
  });
});

Deno.test("a call that came to its end before is not touched when the gateway stops", async () => {
  await using provider = await runUpstream((_, response) => json(response, { id: "c" }));
  await using gateway = runGateway({ upstreams: { openai: provider.url } });
  expect(await (await ask(gateway.url, false)).json()).toEqual({ id: "c" });
  gateway.gateway.stop();
  expect(gateway.log.only.event.type).toBe("call.completed");
});

Deno.test("a server that is shut down breaks off what does not end by itself", async () => {
  await using provider = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(chunk("Once"));
  });
  await using gateway = runGateway({ upstreams: { openai: provider.url } });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {}, onError: () => new Response() },
    (request, info) => gateway.gateway.handle(request, info),
  );
  const reader = await readerOf(`http://127.0.0.1:${server.addr.port}`);
  await shutDown({ server, stop: () => gateway.gateway.stop(), graceMs: 10 });
  expect(gateway.log.only.event.type).toBe("call.failed");
  await reader.cancel().catch(() => {});
});
