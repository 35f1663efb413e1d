import { expect } from "expect";
import { chatAnswer, json, post, runGateway, runUpstream } from "./fixture.ts";

Deno.test("a JSON call is answered, recorded with its usage, and priced before the body", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  await using running = runGateway({
    upstreams: { openai: upstream.url },
    providerKeys: { openai: "sk-provider" },
  });

  const request = { model: "gpt-4o", messages: [{ role: "user", content: "Hi" }], user: "u7" };
  const response = await post(`${running.url}/v1/chat/completions`, request);

  expect(response.status).toBe(200);
  expect(await response.json()).toEqual(chatAnswer);
  expect(response.headers.get("x-watchllm-cost-usd")).toBe("0.006125");
  expect(response.headers.get("x-watchllm-provider")).toBe("openai");
  expect(response.headers.get("x-watchllm-cache")).toBe("BYPASS");
  expect(response.headers.get("server-timing")).toMatch(/gateway;dur=.*upstream;dur=/);
  const { event, payloads } = running.log.only;
  expect(response.headers.get("x-watchllm-event-id")).toBe(event.id);
  expect(event).toMatchObject({
    type: "call.completed",
    project: "p1",
    data: {
      provider: "openai",
      endpoint: "chat",
      model: "gpt-4o",
      response_model: "gpt-4o-2024-08-06",
      status_code: 200,
      path: "/v1/chat/completions",
      usage: { buckets: { input: 500, cache_read: 1_500, output: 300 }, consistent: true },
      cost: { usd: "0.006125" },
      finish_reason: "stop",
      user_id: "u7",
      key_id: "a1a1a1a1a1a1",
    },
  });
  expect(JSON.parse(new TextDecoder().decode(payloads.request?.bytes))).toEqual(request);
  expect(JSON.parse(new TextDecoder().decode(payloads.response?.bytes))).toEqual(chatAnswer);
  expect(upstream.seen[0]?.headers.authorization).toBe("Bearer sk-provider");
});
