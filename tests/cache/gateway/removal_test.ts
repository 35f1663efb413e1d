/** Answers that are removed while they are still on their way. */
import { expect } from "expect";
import { chatAnswer, eventually, json, post, runUpstream } from "@/tests/gateway/fixture.ts";
import { type Cached, cachedGateway, cacheOf } from "./fixture.ts";

const providerKeys = { openai: "sk-1" };
const chat = (model: string) => ({
  model,
  temperature: 0,
  messages: [{ role: "user", content: "Hi" }],
});

async function send({ url }: Cached, model: string, headers?: Record<string, string>) {
  const response = await post(`${url}/v1/chat/completions`, chat(model), headers);
  await response.text();
  return cacheOf(response);
}

Deno.test("an answer that is on its way while such answers are removed is not stored", async () => {
  const gate = Promise.withResolvers<void>();
  let held = true;
  await using upstream = await runUpstream((_, response) => {
    if (held) gate.promise.then(() => json(response, chatAnswer));
    else json(response, chatAnswer);
  });
  await using cached = await cachedGateway({ upstreams: { openai: upstream.url }, providerKeys });
  const asking = ["gpt-4o", "gpt-4.1"].map((model) => send(cached, model));
  await eventually(() => upstream.seen.length === 2, "both are on their way");
  await cached.cache.invalidate("p1", { model: "gpt-4o" });
  await cached.cache.invalidate("p2", {});
  gate.resolve();
  held = false;
  expect(await Promise.all(asking)).toEqual(["MISS", "MISS"]);
  // What was asked afterwards is kept as ever; another model's, another project's removal took nothing.
  expect(await send(cached, "gpt-4o")).toBe("MISS");
  expect(await send(cached, "gpt-4o")).toBe("HIT");
  expect(await send(cached, "gpt-4.1")).toBe("HIT");
});
