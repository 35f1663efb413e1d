/** A call through the real gateway carries the project's price, and what the answer says of its own. */
import { expect } from "expect";
import type http from "node:http";
import { projectPriceSchema } from "@/core/event/price.ts";
import type { ProjectPrices } from "@/core/pricing/project_price.ts";
import {
  json,
  projectKey,
  runGateway,
  type Running,
  runUpstream,
} from "@/tests/gateway/fixture.ts";

const prices: ProjectPrices = {
  version: 3,
  prices: [projectPriceSchema.parse({ provider: "openai", model: "gpt-4o", multiplier: "0.5" })],
};

async function ask(gateway: Running, path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${gateway.url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${projectKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  await answer.text();
  expect(answer.status).toBe(200);
}

const chat = "/v1/chat/completions";
const answer = {
  id: "c",
  model: "gpt-4o-2024-08-06",
  service_tier: "priority",
  choices: [],
  usage: { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 },
};

Deno.test("a call has the project's price and the tier of the answer, not that of the request", async () => {
  await using upstream = await runUpstream((_, response) => json(response, answer));
  const asked: string[] = [];
  await using gateway = runGateway({
    upstreams: { openai: upstream.url },
    providerKeys: { openai: "sk" },
    ports: {
      prices: (project) => {
        asked.push(project);
        return prices;
      },
    },
  });
  await ask(gateway, chat, { model: "gpt-4o", messages: [], service_tier: "flex" });
  const { data } = gateway.log.only.event;
  // 0.5 × (1,000 × 4.25 + 100 × 17) ÷ 10⁶
  expect(data.cost.usd).toBe("0.002975");
  expect(data.cost.price).toMatchObject({ source: "project", tier: "priority" });
  expect(data.cost.price.version).toMatch(/\+p3$/);
  expect(data).toMatchObject({ service_tier: "priority", speed: null, provider_cost_usd: null });
  // Asked for when the call is known and when it ends: the second time from memory.
  expect(asked).toEqual(["p1", "p1"]);
});

Deno.test("prices that are still being read are waited for; prices that cannot be read are not guessed", async () => {
  await using upstream = await runUpstream((_, response) => json(response, answer));
  let later: (prices: ProjectPrices) => void = () => {};
  const reading = new Promise<ProjectPrices>((resolve) => later = resolve);
  let fails = false;
  await using gateway = runGateway({
    upstreams: { openai: upstream.url },
    providerKeys: { openai: "sk" },
    ports: { prices: () => fails ? Promise.reject(new Error("KV is away")) : reading },
  });
  const asking = ask(gateway, chat, { model: "gpt-4o", messages: [] });
  later(prices);
  await asking;
  expect(gateway.log.records[0]?.event.data.cost.usd).toBe("0.002975");

  fails = true;
  await ask(gateway, chat, { model: "gpt-4o", messages: [] });
  expect(gateway.log.records[1]?.event.data.cost).toMatchObject({
    usd: null,
    unpriced_reason: "The project's own prices could not be read.",
  });
  expect(gateway.warnings.join()).toContain("KV is away");
});

Deno.test("what the provider says that the call cost is kept beside our own", async () => {
  const usage = (more: Record<string, unknown>) => ({
    ...answer,
    model: "openai/gpt-4o",
    service_tier: null,
    usage: { ...answer.usage, ...more },
  });
  const costs: [Record<string, unknown>, string | null][] = [
    [{ cost: 0.0145476 }, "0.0145476"],
    [{ cost: 1.13e-5 }, "0.0000113"],
    [{ cost: 0 }, "0"],
    [
      { cost: 0.0001, is_byok: true, cost_details: { upstream_inference_cost: 0.0035 } },
      "0.0036",
    ],
    [
      { cost: 0.0001, is_byok: false, cost_details: { upstream_inference_cost: 0.0035 } },
      "0.0001",
    ],
    [{ cost: { total_cost: 0.006 } }, "0.006"],
    [{ cost: "free" }, null],
    [{ cost: -1 }, null],
    [{}, null],
  ];
  let next = usage({});
  await using upstream = await runUpstream((_, response) => json(response, next));
  await using gateway = runGateway({
    upstreams: { openrouter: upstream.url },
    providerKeys: { openrouter: "sk" },
  });
  for (const [more] of costs) {
    next = usage(more);
    await ask(gateway, "/proxy/openrouter/api/v1/chat/completions", {
      model: "openai/gpt-4o",
      messages: [],
    });
  }
  expect(gateway.log.records.map(({ event }) => event.data.provider_cost_usd))
    .toEqual(costs.map(([, usd]) => usd));
  expect(gateway.log.records[0]?.event.data.cost.usd).toBe("0.0035");
});

Deno.test("Anthropic's speed, place and tier come from the answer's usage", async () => {
  await using upstream = await runUpstream((_, response) =>
    json(response, {
      id: "m",
      type: "message",
      model: "claude-opus-5",
      content: [],
      stop_reason: "end_turn",
      usage: {
        input_tokens: 1_000,
        output_tokens: 100,
        service_tier: "standard",
        speed: "fast",
        inference_geo: "us",
      },
    })
  );
  await using gateway = runGateway({
    upstreams: { anthropic: upstream.url },
    providerKeys: { anthropic: "sk" },
  });
  await ask(gateway, "/v1/messages", { model: "claude-opus-5", max_tokens: 1, messages: [] });
  const { data } = gateway.log.only.event;
  expect(data).toMatchObject({ service_tier: "standard", speed: "fast", inference_geo: "us" });
  // 1,000 × 5 × 2 × 1.1 + 100 × 25 × 2 × 1.1
  expect(data.cost).toMatchObject({ usd: "0.0165", price: { tier: "fast us-inference" } });
});

Deno.test("12-hour writes to OpenAI's cache are told apart", async () => {
  await using upstream = await runUpstream((_, response) =>
    json(response, {
      id: "r",
      object: "response",
      model: "gpt-6.2-sol",
      status: "completed",
      output: [],
      usage: {
        input_tokens: 1_100,
        input_tokens_details: {
          cached_tokens: 0,
          cache_write_tokens: 1_000,
          cache_write_tokens_details: { ttl_30m: 600, ttl_12h: 400 },
        },
        output_tokens: 10,
        total_tokens: 1_110,
      },
    })
  );
  await using gateway = runGateway({
    upstreams: { openai: upstream.url },
    providerKeys: { openai: "sk" },
  });
  await ask(gateway, "/v1/responses", { model: "gpt-6.2-sol", input: "x" });
  const { data } = gateway.log.only.event;
  expect(data.usage).toMatchObject({ cache_write_12h: 400, consistent: true });
  // 100 × 2 + 600 × 2.50 + 400 × 5 + 10 × 10
  expect(data.cost.usd).toBe("0.0038");
  expect(data.cost.lines.map(({ bucket, units }) => [bucket, units])).toEqual([
    ["input", 100],
    ["cache_write", 600],
    ["output", 10],
    ["cache_write_12h", 400],
  ]);
});

Deno.test("what no provider worked for costs nothing; what one may have worked for is not known", async () => {
  const gone = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const nobody = `http://127.0.0.1:${gone.addr.port}`;
  gone.close();
  let answers: (response: http.ServerResponse) => void = () => {};
  await using upstream = await runUpstream((_, response) => answers(response));
  await using gateway = runGateway({
    upstreams: { openai: upstream.url, mistral: nobody },
    providerKeys: { openai: "sk", mistral: "sk" },
    timeout: 2_000,
  });
  const costOf = async (model: string, as: typeof answers = () => {}, more = {}) => {
    answers = as;
    const response = await fetch(`${gateway.url}${chat}`, {
      method: "POST",
      headers: { authorization: `Bearer ${projectKey}`, "content-type": "application/json" },
      body: JSON.stringify({ model, messages: [], ...more }),
    });
    await response.text().catch(() => {});
    const { usd, unpriced_reason } = gateway.log.records.at(-1)?.event.data.cost ?? {};
    return [response.status, usd, unpriced_reason];
  };
  const refused = (status: number) => (response: http.ServerResponse) =>
    json(response, { error: { message: "No", type: "some_error" } }, status);
  const said = (status: number) =>
    `The provider refused the call with status ${status} and reported no usage.`;
  for (const status of [400, 401, 429, 500, 529]) {
    expect(await costOf("gpt-4o", refused(status))).toEqual([status, "0", said(status)]);
  }
  expect(await costOf("mistral/mistral-large"))
    .toEqual([502, "0", "The provider could not be reached: the call was never sent."]);
  expect(await costOf("anthropic/claude-sonnet-4-5"))
    .toEqual([401, "0", "The call was never sent to a provider."]);
  // It may have been at work when the connection broke, or when nobody waited any longer.
  const unknown = "The answer reported no usage.";
  expect(await costOf("gpt-4o", (response) => response.destroy())).toEqual([502, null, unknown]);
  expect(await costOf("gpt-4o")).toEqual([504, null, unknown]);
  expect(await costOf("gpt-4o", (response) => json(response, { ...answer, usage: undefined })))
    .toEqual([200, null, unknown]);
  // An error that reports what was used is charged by that.
  expect(await costOf("gpt-4o", (response) => json(response, answer, 500)))
    .toEqual([500, "0.00595", undefined]);
});
