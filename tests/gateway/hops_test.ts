/**
 * What is between a client and this hop alone: headers that it names, protocols that we do not speak, and
 * questions for what was sent.
 */
import http from "node:http";
import { expect } from "expect";
import { json, projectKey, runGateway, runUpstream } from "./fixture.ts";

interface Got {
  readonly status: number;
  readonly body: string;
}

/** `fetch` sends no `connection` and no `upgrade`. */
function rawGet(
  url: string,
  headers: Record<string, string>,
  method = "GET",
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, {
      method,
      headers: { "x-watchllm-key": projectKey, authorization: "Bearer sk-own", ...headers },
    }, (response) => {
      const chunks: string[] = [];
      response.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
      response.on(
        "end",
        () => resolve({ status: response.statusCode ?? 0, body: chunks.join("") }),
      );
    });
    request.on("error", reject).end();
  });
}

Deno.test("a header that `connection` names goes no further", async () => {
  await using upstream = await runUpstream((_, response) => json(response, {}));
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  await rawGet(`${running.url}/v1/models`, {
    connection: "close, X-Hop , x-other",
    "x-hop": "1",
    "x-other": "2",
    "x-stays": "3",
  });
  const { headers } = upstream.seen[0] ?? { headers: {} };
  expect(Object.keys(headers)).not.toContain("x-hop");
  expect(Object.keys(headers)).not.toContain("x-other");
  expect(headers).toMatchObject({ "x-stays": "3", connection: "keep-alive" });
});

for (const path of ["/v1/realtime?model=gpt-realtime", "/proxy/openai/v1/responses"]) {
  Deno.test(`a WebSocket to ${path} is refused with a reason, and no provider is asked`, async () => {
    await using upstream = await runUpstream((_, response) => json(response, {}));
    await using running = runGateway({ upstreams: { openai: upstream.url } });
    const got = await rawGet(`${running.url}${path}`, {
      connection: "Upgrade",
      upgrade: "WebSocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    });
    expect(got.status).toBe(501);
    expect(JSON.parse(got.body).error).toMatchObject({ code: "websocket_unsupported" });
    expect(upstream.seen).toEqual([]);
    expect(running.log.only.event).toMatchObject({
      type: "call.failed",
      data: { status_code: 501, error: { code: "websocket_unsupported", origin: "gateway" } },
    });
  });
}

for (const method of ["TRACE", "TRACK", "trace"]) {
  Deno.test(`${method} does not have a provider show the key that it was sent`, async () => {
    await using upstream = await runUpstream(({ rawHeaders }, response) => {
      json(response, rawHeaders);
    });
    await using running = runGateway({
      upstreams: { openai: upstream.url },
      providerKeys: { openai: "sk-provider" },
    });
    const own = { authorization: "none" };
    const got = await rawGet(`${running.url}/proxy/openai/v1/models`, own, method);
    expect(got.status).toBe(400);
    expect(got.body).not.toContain("sk-provider");
    expect(upstream.seen).toEqual([]);
    expect(running.log.only.event.data.error?.code).toBe("bad_request");
  });
}
