import { expect } from "expect";
import OpenAI from "openai";
import Anthropic from "@anthropic-ai/sdk";
import { limitsSchema, type LimitsSettings } from "@/core/limits/settings.ts";
import type { KvPort } from "@/core/log/kv.ts";
import { cachedGateway, cacheOf } from "@/tests/cache/gateway/fixture.ts";
import { chatAnswer, json, post, projectKey, runUpstream } from "@/tests/gateway/fixture.ts";
import { createLimiting } from "@/core/gateway/limiting.ts";
import { noProjectPrices } from "@/core/pricing/project_price.ts";
import { Clock, limiterOn, settingsOf } from "./fixture.ts";
import { type Limited, limitedGateway, type LimitedOptions, question } from "./gateway_fixture.ts";

type Scene = Limited & { readonly clock: Clock; readonly kv: Deno.Kv };

/** Runs a test with a gateway whose provider always answers. */
async function withLimits(
  settings: LimitsSettings,
  test: (scene: Scene) => Promise<void>,
  options: Partial<LimitedOptions> & { readonly wrap?: (kv: Deno.Kv) => KvPort } = {},
): Promise<void> {
  using kv = await Deno.openKv(":memory:");
  const clock = new Clock();
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  await using limited = limitedGateway({
    kv: options.wrap?.(kv) ?? kv,
    clock,
    upstreams: { openai: upstream.url, anthropic: upstream.url },
    settings: () => settings,
    ...options,
  });
  await test(Object.assign(limited, { clock, kv }));
}

async function statuses(
  { ask }: Scene,
  ...headers: readonly Record<string, string>[]
): Promise<number[]> {
  const all: number[] = [];
  for (const one of headers) all.push((await ask(question(), one)).status);
  return all;
}

Deno.test("a refused call says which limit, until when, and what is left, as its SDK expects it", async () => {
  await withLimits(
    settingsOf([{ id: "burst", quota: 1, window: "minute" }, {
      id: "daily",
      quota: 100,
      window: "day",
    }]),
    async (scene) => {
      const { ask, running } = scene;
      const allowed = await ask();
      expect(allowed.status).toBe(200);
      expect(allowed.headers.get("ratelimit-policy")).toBe(
        '"burst";q=1;qu="requests";w=60, "daily";q=100;qu="requests";w=86400',
      );
      expect(allowed.headers.get("ratelimit")).toBe('"burst";r=0;t=30, "daily";r=99;t=49170');
      expect(allowed.headers.get("x-ratelimit-limit")).toBe("1");
      expect(allowed.headers.get("x-ratelimit-remaining")).toBe("0");
      expect(allowed.headers.get("x-ratelimit-reset")).toBe("30");

      const refused = await ask();
      expect(refused.status).toBe(429);
      expect(refused.headers.get("retry-after")).toBe("30");
      expect(refused.headers.get("x-should-retry")).toBe(null);
      expect(refused.headers.get("ratelimit")).toBe('"burst";r=0;t=30, "daily";r=99;t=49170');
      expect(refused.headers.get("x-watchllm-limits")).toBe("burst=blocked");
      expect(refused.body.error).toMatchObject({
        type: "rate_limit_error",
        code: "limit_exceeded",
        details: {
          limit: "burst",
          unit: "requests",
          quota: "1",
          used: "1",
          resets_at: "2026-03-04T10:21:00.000Z",
          retry_after_seconds: 30,
        },
      });
      expect(refused.body.error.message).toContain("limit: burst");
      expect(scene.calls[1]).toMatchObject({
        type: "call.failed",
        data: {
          status_code: 429,
          error: { code: "limit_exceeded", origin: "gateway" },
          limits: [{ limit: "burst", state: "blocked", used: "1", window: "minute" }],
        },
      });

      const openai = new OpenAI({
        baseURL: `${running.url}/v1`,
        apiKey: projectKey,
        maxRetries: 0,
      });
      const asked = openai.chat.completions.create({ model: "gpt-4o", messages: [] });
      await expect(asked).rejects.toBeInstanceOf(OpenAI.RateLimitError);
      const anthropic = new Anthropic({ baseURL: running.url, apiKey: projectKey, maxRetries: 0 });
      const told = anthropic.messages.create({
        model: "claude-sonnet-5",
        max_tokens: 1,
        messages: [],
      });
      await expect(told).rejects.toBeInstanceOf(Anthropic.RateLimitError);
    },
  );
});

Deno.test("an SDK does not try again what is refused for longer than a minute", async () => {
  await withLimits(settingsOf([{ quota: 1, window: "month" }]), async (scene) => {
    const { ask, running } = scene;
    await ask();
    const openai = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: projectKey, maxRetries: 5 });
    const asked = openai.chat.completions.create({ model: "gpt-4o", messages: [] });
    await expect(asked).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    expect(scene.calls.length).toBe(2);
  });
});

Deno.test("each scope counts its own, and a limit for one counts that one alone", async () => {
  const user = (name: string) => ({ "x-watchllm-user": name });
  const team = (name: string) => ({ "helicone-property-team": name });
  await withLimits(
    settingsOf([{ scope: "user", quota: 1 }]),
    async (scene) => {
      expect(await statuses(scene, user("a"), user("b"), user("a"), {}, {})).toEqual(
        [200, 200, 429, 200, 200],
      );
      const named = question({ user: "b" });
      expect((await scene.ask(named)).status).toBe(429);
    },
  );
  await withLimits(
    settingsOf([{ scope: "property", property: "Team", quota: 1 }]),
    async (scene) => {
      expect(await statuses(scene, team("x"), team("y"), team("x"), team("y"), {})).toEqual(
        [200, 200, 429, 429, 200],
      );
      const long = "é".repeat(512);
      const longer = team(encodeURIComponent(long));
      expect(await statuses(scene, longer, longer)).toEqual([200, 429]);
    },
  );
  await withLimits(
    settingsOf([{ id: "only-a", scope: "user", subject: "a", quota: 1 }]),
    async (scene) => {
      expect(await statuses(scene, user("b"), user("b"), user("a"), user("a"))).toEqual(
        [200, 200, 200, 429],
      );
    },
  );
  await withLimits(settingsOf([{ scope: "key", quota: 1 }]), async (scene) => {
    expect(await statuses(scene, {}, {})).toEqual([200, 429]);
    expect(scene.calls[1]?.data.limits?.[0]?.subject).toBe("a1a1a1a1a1a1");
  });
});

Deno.test("tokens are counted as the provider counted them", async () => {
  await withLimits(settingsOf([{ unit: "tokens", quota: 5_000 }]), async (scene) => {
    // 2,300 each: the third begins below the quota.
    expect(await statuses(scene, {}, {}, {}, {})).toEqual([200, 200, 200, 429]);
    expect(scene.calls[3]?.data.limits?.[0]).toMatchObject({ used: "6900", unit: "tokens" });
  });
});

Deno.test("windows end in UTC, and what was counted before does not count after", async () => {
  const edges = [
    ["minute", "2026-03-04T10:20:59.999Z", 1],
    ["hour", "2026-03-04T10:59:59.000Z", 1],
    ["day", "2026-03-04T23:59:58.500Z", 2],
    ["month", "2026-02-28T23:59:00.000Z", 60],
  ] as const;
  for (const [window, at, retryAfter] of edges) {
    await withLimits(settingsOf([{ quota: 1, window }]), async (scene) => {
      scene.clock.at = Date.parse(at);
      expect(await statuses(scene, {}, {})).toEqual([200, 429]);
      const refused = await scene.ask();
      expect(refused.headers.get("retry-after")).toBe(String(retryAfter));
      scene.clock.at += retryAfter * 1_000;
      expect(await statuses(scene, {}, {})).toEqual([200, 429]);
    });
  }
});

Deno.test("a dry run counts and marks, and nobody is refused or told", async () => {
  await withLimits(
    settingsOf([{ id: "trial", quota: 2, mode: "dry-run", warn_at_percent: 50 }]),
    async (scene) => {
      const answers = [await scene.ask(), await scene.ask(), await scene.ask()];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(answers[2]?.headers.get("ratelimit")).toBe(null);
      expect(answers[2]?.headers.get("x-watchllm-limits")).toBe(null);
      expect(scene.calls.map(({ data }) => data.limits?.[0]?.state)).toEqual(
        ["warned", "warned", "would_block"],
      );
      await scene.limiter.flush();
      expect(scene.crossings.map(({ level, spent }) => [level, spent])).toEqual([[1, 1n], [2, 3n]]);
    },
  );
});

Deno.test("past the warning mark calls are marked", async () => {
  await withLimits(settingsOf([{ quota: 5 }]), async (scene) => {
    const marks: (string | null)[] = [];
    for (let i = 0; i < 5; i++) {
      marks.push((await scene.ask()).headers.get("x-watchllm-limits"));
    }
    expect(marks).toEqual([null, null, null, "l=warned", "l=warned"]);
    expect(scene.calls.map(({ data }) => data.limits?.[0]?.state)).toEqual(
      [undefined, undefined, undefined, "warned", "warned"],
    );
  });
});

Deno.test("of several limits a call passes all or is counted by none", async () => {
  await withLimits(
    settingsOf([
      { id: "calls", quota: 10 },
      { id: "a", scope: "user", subject: "a", unit: "usd", quota: "0.001" },
      { id: "all", unit: "usd", quota: "10" },
    ]),
    async (scene) => {
      const a = { "x-watchllm-user": "a" };
      const b = { "x-watchllm-user": "b" };
      expect(await statuses(scene, a, a, a, b)).toEqual([200, 429, 429, 200]);
      const { headers } = await scene.ask(question(), b);
      // Three calls were made, the last of which is still reserved for more than it cost.
      expect(headers.get("ratelimit")).toBe(
        '"calls";r=7;t=2370, "all";r=9979750;t=2370',
      );
    },
  );
});

Deno.test("calls that cost nothing pass a budget that is used up", async () => {
  await withLimits(settingsOf([{ unit: "usd", quota: "0.001" }]), async ({ ask, running }) => {
    expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(429);
    const models = await fetch(`${running.url}/v1/models`, {
      headers: { authorization: `Bearer ${projectKey}` },
    });
    expect(models.status).toBe(200);
    await models.body?.cancel();
  });
});

Deno.test("a limit that is changed holds from the next call on, with what was counted", async () => {
  let settings = settingsOf([{ quota: 1 }]);
  await withLimits(settings, async (scene) => {
    expect(await statuses(scene, {}, {})).toEqual([200, 429]);
    settings = settingsOf([{ quota: 3 }]);
    expect(await statuses(scene, {}, {}, {})).toEqual([200, 200, 429]);
    settings = settingsOf([]);
    expect(await statuses(scene, {})).toEqual([200]);
  }, { settings: () => settings });
});

Deno.test("Helicone's policy header limits a request by itself", async () => {
  await withLimits(limitsSchema.parse({}), async (scene) => {
    const policy = "2;w=3600;u=request;s=user";
    const headers = { "helicone-ratelimit-policy": policy, "helicone-user-id": "a" };
    const first = await scene.ask(question(), headers);
    expect(first.status).toBe(200);
    expect(first.headers.get("helicone-ratelimit-limit")).toBe("2");
    expect(first.headers.get("helicone-ratelimit-remaining")).toBe("1");
    expect(first.headers.get("helicone-ratelimit-policy")).toBe(policy);
    expect(await statuses(scene, headers, headers, { ...headers, "helicone-user-id": "b" }))
      .toEqual([200, 429, 200]);

    const cents = { "helicone-ratelimit-policy": "1;w=60;u=cents" };
    // $0.006125 each: the second begins below one cent.
    expect(await statuses(scene, cents, cents, cents)).toEqual([200, 200, 429]);
    const team = { "helicone-ratelimit-policy": "1;w=60;s=team", "helicone-property-team": "x" };
    expect(await statuses(scene, team, team)).toEqual([200, 429]);

    for (const broken of ["many", "10", "10;w=59", "10;w=60;u=euros", "10;w=60;x=1", "-1;w=60"]) {
      const answer = await scene.ask(question(), { "helicone-ratelimit-policy": broken });
      expect(answer.status).toBe(400);
      expect(answer.body.error.code).toBe("invalid_header");
      expect(answer.body.error.message).toContain("helicone-ratelimit-policy");
    }
  });
});

type Mode = "well" | "slow" | "fails" | "hangs";

/** A store of which reading is as bad as it is told to be. */
function troubled(kv: Deno.Kv, mode: () => Mode): KvPort {
  async function get(...of: Parameters<KvPort["get"]>): Promise<unknown> {
    if (mode() === "fails") throw new Error("Connection refused");
    if (mode() === "hangs") await new Promise(() => {});
    if (mode() === "slow") await new Promise((resolve) => setTimeout(resolve, 50));
    return await kv.get(...of);
  }
  return {
    get: get as KvPort["get"], // its generics are lost on the way
    getMany: kv.getMany.bind(kv),
    list: kv.list.bind(kv),
    set: kv.set.bind(kv),
    delete: kv.delete.bind(kv),
    atomic: kv.atomic.bind(kv),
    commitVersionstamp: kv.commitVersionstamp.bind(kv),
    close: kv.close.bind(kv),
  };
}

for (const trouble of ["fails", "hangs"] as const) {
  Deno.test(`while the store ${trouble} calls go on, marked, and are counted later`, async () => {
    let mode: Mode = trouble;
    await withLimits(settingsOf([{ quota: 2 }]), async (scene) => {
      expect(await statuses(scene, {}, {}, {})).toEqual([200, 200, 200]);
      expect(scene.calls.map(({ data }) => data.limits?.[0]?.state)).toEqual(
        ["unchecked", "unchecked", "unchecked"],
      );
      if (trouble === "hangs") return;
      mode = "well";
      scene.clock.at += 1_001;
      expect(await statuses(scene, {})).toEqual([429]);
    }, {
      // What answers is given time to do so, on a busy machine as well.
      ...(trouble === "hangs" && { deadline: 30 }),
      wrap: (kv) => troubled(kv, () => mode),
    });
  });
}

Deno.test("while the store fails calls are refused where the project says so", async () => {
  let mode: Mode = "fails";
  const settings = settingsOf([{ quota: 2 }], { when_unavailable: "refuse" });
  await withLimits(settings, async (scene) => {
    const refused = await scene.ask();
    expect(refused.status).toBe(503);
    expect(refused.body.error.code).toBe("limits_unavailable");
    expect(refused.headers.get("retry-after")).toBe("1");
    mode = "well";
    scene.clock.at += 1_001;
    // What could not be checked was not made: it does not count.
    expect(await statuses(scene, {}, {}, {})).toEqual([200, 200, 429]);
  }, { wrap: (kv) => troubled(kv, () => mode) });
});

Deno.test("settings that cannot be read leave the last known limits in force", async () => {
  let broken = false;
  const settings = settingsOf([{ quota: 1 }]);
  await withLimits(settings, async (scene) => {
    expect(await statuses(scene, {})).toEqual([200]);
    broken = true;
    expect(await statuses(scene, {})).toEqual([429]);
  }, {
    settings: () => broken ? Promise.reject(new Error("Connection refused")) : settings,
  });
});

/** A gateway with a cache and limits. */
async function withCache(
  settings: LimitsSettings,
  test: (ask: (body: unknown) => Promise<Response>, made: () => number) => Promise<void>,
) {
  using kv = await Deno.openKv(":memory:");
  const clock = new Clock();
  await using upstream = await runUpstream((_, response) => {
    json(response, chatAnswer);
  });
  const limiter = limiterOn(troubled(kv, () => "slow"), clock);
  {
    await using cached = await cachedGateway({
      kv,
      upstreams: { openai: upstream.url },
      providerKeys: { openai: "sk-1" },
      ports: {
        limits: createLimiting({
          limiter,
          settings: () => settings,
          prices: () => noProjectPrices,
          now: clock.now,
          warn: () => {},
        }),
      },
    });
    const headers = { authorization: `Bearer ${projectKey}` };
    await test(
      (body) => post(`${cached.url}/v1/chat/completions`, body, headers),
      () => upstream.seen.length,
    );
  }
  await limiter.close();
}

const asked = (content: string) => ({
  model: "gpt-4o",
  temperature: 0,
  max_tokens: 300,
  messages: [{ role: "user", content }],
});

Deno.test("an answer from the cache costs nothing, is given after the budget's end, and counts as a request", async () => {
  const settings = settingsOf([
    { id: "money", unit: "usd", quota: "0.001" },
    { id: "calls", quota: 3 },
  ]);
  await withCache(settings, async (ask, made) => {
    const first = await ask(asked("a"));
    await first.body?.cancel();
    const hit = await ask(asked("a"));
    expect(hit.status).toBe(200);
    expect(cacheOf(hit)).toBe("HIT");
    expect(hit.headers.get("x-ratelimit-remaining")).toBe("1");
    await hit.body?.cancel();
    const other = await ask(asked("b"));
    expect(other.status).toBe(429);
    expect((await other.json()).error.code).toBe("budget_exceeded");
    // The refused call was none: one request is left.
    const again = await ask(asked("a"));
    expect(again.status).toBe(200);
    await again.body?.cancel();
    const last = await ask(asked("a"));
    expect((await last.json()).error.code).toBe("limit_exceeded");
    expect(made()).toBe(1);
  });
});

Deno.test("those who would have waited for a call that is refused are decided on by themselves", async () => {
  const settings = settingsOf([{ id: "money", unit: "usd", quota: "0" }]);
  await withCache(settings, async (ask) => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(asked("a"))));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(429));
    for (const answer of answers) await answer.body?.cancel();
  });
});
