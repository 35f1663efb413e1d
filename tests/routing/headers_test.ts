import { expect } from "expect";
import { readRoutingHeaders, routeWith, routingHeaders } from "@/core/gateway/routing/headers.ts";
import { routingSchema } from "@/core/gateway/routing/settings.ts";
import { ask, callOf, chat, fails, ok, runRouted, scripted, statusOf } from "./fixture.ts";

const fallback = {
  strategy: { mode: "fallback" },
  targets: [{ provider: "openai" }, { provider: "groq" }],
};

Deno.test("a configuration in a header goes before the project's, and its family is answered", async () => {
  for (const header of ["x-watchllm-route", "x-portkey-config"]) {
    await using openai = await scripted(fails(500));
    await using groq = await scripted(ok);
    await using running = runRouted({
      route: { targets: [{ provider: "openai" }] },
      upstreams: { openai: openai.url, groq: groq.url },
    });
    const response = await ask(running, { [header]: JSON.stringify(fallback) });
    expect(response.status).toBe(200);
    await response.text();
    const portkey = header.startsWith("x-portkey");
    expect(response.headers.get("x-portkey-last-used-option-index"))
      .toBe(portkey ? "config.targets[1]" : null);
    expect(response.headers.get("x-portkey-retry-attempt-count")).toBe(portkey ? "0" : null);
    expect(callOf(running).data.route?.source).toBe(header);
    // Nothing of it reaches a provider.
    expect(JSON.stringify(groq.seen[0]?.rawHeaders)).not.toContain("fallback");
  }
});

Deno.test("each family's retry headers ask again and are answered in its own words", async () => {
  const cases: readonly [Record<string, string>, string, string][] = [
    [{ "x-watchllm-retries": "2" }, "x-watchllm-attempts", "3"],
    [{ "x-portkey-retry-count": "2" }, "x-portkey-retry-attempt-count", "2"],
    [{ "x-litellm-num-retries": "2" }, "x-litellm-attempted-retries", "2"],
    [{ "cf-aig-max-attempts": "3", "cf-aig-retry-delay": "1" }, "cf-aig-step", "0"],
    [
      {
        "helicone-retry-enabled": "true",
        "helicone-retry-num": "2",
        "helicone-retry-min-timeout": "1",
      },
      "helicone-fallback-index",
      "0",
    ],
  ];
  for (const [headers, name, value] of cases) {
    await using upstream = await scripted(fails(503), fails(503), ok);
    await using running = runRouted({ upstreams: { openai: upstream.url } });
    const response = await ask(running, headers);
    await response.text();
    expect([headers, response.status]).toEqual([headers, 200]);
    expect([headers, response.headers.get(name)]).toEqual([headers, value]);
    expect(upstream.seen.length).toBe(3);
  }
});

Deno.test("Helicone's fallbacks are tried in turn, each with its key and its body", async () => {
  await using openai = await scripted(fails(429));
  await using groq = await scripted(ok);
  await using running = runRouted({ upstreams: { openai: openai.url, groq: groq.url } });
  const response = await ask(running, {
    "helicone-fallbacks": JSON.stringify([
      {
        "target-url": "https://api.openai.com",
        headers: { Authorization: "Bearer sk-mine" },
        onCodes: [429],
      },
      {
        "target-url": "https://api.groq.com",
        headers: { Authorization: "Bearer gsk-mine" },
        onCodes: [{ from: 400, to: 429 }],
        bodyKeyOverride: { model: "llama-3" },
      },
    ]),
  });
  expect(response.status).toBe(200);
  await response.text();
  expect(response.headers.get("helicone-fallback-index")).toBe("1");
  expect(openai.seen[0]?.headers.authorization).toBe("Bearer sk-mine");
  expect(groq.seen[0]?.headers.authorization).toBe("Bearer gsk-mine");
  expect(JSON.parse(new TextDecoder().decode(groq.seen[0]?.body)).model).toBe("llama-3");
  expect(JSON.stringify(running.log.records)).not.toContain("gsk-mine");
});

Deno.test("an address that nobody knows is not called", async () => {
  await using running = runRouted({ upstreams: {} });
  const response = await ask(running, {
    "helicone-fallbacks": JSON.stringify([{ "target-url": "http://169.254.169.254/" }]),
  });
  expect(response.status).toBe(404);
  expect((await response.json()).error.code).toBe("provider_unknown");
});

Deno.test("a header that cannot be read is an error that names it", async () => {
  await using upstream = await scripted(ok);
  await using running = runRouted({ upstreams: { openai: upstream.url } });
  for (const name of Object.keys(routingHeaders)) {
    const response = await ask(running, { [name]: "{nonsense" });
    expect([name, response.status]).toEqual([name, 400]);
    const { error } = await response.json();
    expect([error.code, error.details.header]).toEqual(["invalid_header", name]);
  }
  const wrong = JSON.stringify({ strategy: { mode: "fallback" }, targets: [{ weigth: 1 }] });
  const response = await ask(running, { "x-watchllm-route": wrong });
  expect((await response.json()).error.details).toMatchObject({
    header: "x-watchllm-route",
    field: "targets.0",
  });
  expect(upstream.seen.length).toBe(0);
});

Deno.test("timeouts of every family", () => {
  const timeouts = (headers: Record<string, string>, stream = false) => {
    const route = routeWith(null, readRoutingHeaders(Object.entries(headers)), stream);
    const { request_timeout, first_byte_timeout, idle_timeout } = route ?? {};
    return [request_timeout, first_byte_timeout, idle_timeout];
  };
  expect(timeouts({ "x-watchllm-timeout": "1000", "x-portkey-request-timeout": "5" }))
    .toEqual([1_000, undefined, undefined]);
  expect(timeouts({ "x-portkey-request-timeout": "5" })).toEqual([5, undefined, undefined]);
  expect(timeouts({ "cf-aig-request-timeout": "700" })).toEqual([undefined, 700, undefined]);
  expect(timeouts({ "x-litellm-timeout": "2.5" })).toEqual([2_500, undefined, undefined]);
  const both = { "x-litellm-timeout": "2", "x-litellm-stream-timeout": "9" };
  expect(timeouts(both, true)).toEqual([9_000, undefined, undefined]);
  expect(timeouts(both)).toEqual([2_000, undefined, undefined]);
  expect(timeouts({ "x-watchllm-idle-timeout": "30", "x-watchllm-first-byte-timeout": "40" }))
    .toEqual([undefined, 40, 30]);
});

Deno.test("retries that a client turns off stay off", async () => {
  await using upstream = await scripted(fails(503), ok);
  await using running = runRouted({
    route: { retry: { attempts: 3 } },
    upstreams: { openai: upstream.url },
  });
  expect(await statusOf(ask(running, { "helicone-retry-enabled": "false" }))).toBe(503);
  expect(upstream.seen.length).toBe(1);
});

Deno.test("an id in Portkey's header means the project's own configuration", async () => {
  await using openai = await scripted(fails(500));
  await using groq = await scripted(ok);
  await using running = runRouted({
    route: fallback,
    upstreams: { openai: openai.url, groq: groq.url },
  });
  const response = await ask(running, { "x-portkey-config": "pc-fallback-1a2b3c" }, chat);
  expect(response.status).toBe(200);
  await response.text();
  expect(response.headers.get("x-portkey-last-used-option-index")).toBe("config.targets[1]");
});

Deno.test("settings say which field is wrong", () => {
  const problem = (settings: unknown) => {
    const { error } = routingSchema.safeParse(settings);
    const [issue] = error?.issues ?? [];
    return [issue?.path.join("."), issue?.message];
  };
  expect(problem({ retry: { attempts: 6 } })).toEqual([
    "retry.attempts",
    "must be a number from 0 to 5",
  ]);
  expect(problem({ strategy: { mode: "random" } }))
    .toEqual(["strategy.mode", "must be single, fallback, loadbalance or conditional"]);
  expect(problem({ strategy: { mode: "fallback" } }))
    .toEqual(["targets", "must have targets for the mode fallback"]);
  expect(problem({ targets: [{ provider: "openai", api_key: "sk-1" }] }))
    .toEqual(["targets.0.api_key", "must be kept in Settings, Providers"]);
  expect(problem({ targets: [{ override_params: { stream: true } }] }))
    .toEqual(["targets.0.override_params", "must not set stream: the client decides it"]);
  expect(
    problem({
      strategy: { mode: "conditional", conditions: [{ query: { "headers.x": 1 }, then: "a" }] },
      targets: [{ name: "a" }],
    })[1],
  ).toContain("must ask about metadata.<name>");
  expect(problem({
    strategy: { mode: "conditional", conditions: [{ query: { model: "x" }, then: "b" }] },
    targets: [{ name: "a" }],
  })).toEqual(["strategy.conditions.0.then", "must be the name of a target here"]);
  expect(
    problem({
      strategy: { mode: "fallback", cb_config: { failure_threshold: 3, cooldown_interval: 5 } },
      targets: [{}],
    }),
  )
    .toEqual(["strategy.cb_config.cooldown_interval", "must be at least 30000 milliseconds"]);
  expect(routingSchema.parse({})).toMatchObject({ strategy: { mode: "single" }, targets: [] });
});
