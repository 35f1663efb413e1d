import { expect } from "expect";
import type { Call, Stage } from "@/core/gateway/call.ts";
import type { Observer } from "@/core/gateway/observers.ts";
import type { Attempted, Outcome, Step } from "@/core/gateway/plan.ts";
import {
  chatAnswer,
  eventually,
  json,
  post,
  projectKey,
  runGateway,
  runUpstream,
} from "./fixture.ts";

const request = { model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] };
const streamed = { ...request, stream: true, stream_options: { include_usage: true } };
const chunk = (content: string) =>
  `data: ${JSON.stringify({ id: "c1", model: "gpt-4o", choices: [{ delta: { content } }] })}\n\n`;

/** A stage that gives the call a plan of the same target again, as long as `again` says so. */
function planning(again: (outcome: Outcome) => boolean, step: Partial<Step> = {}): {
  stage: Stage;
  outcomes: Outcome[];
  attempts(): readonly Attempted[];
} {
  const outcomes: Outcome[] = [];
  let seen: Call | null = null;
  return {
    outcomes,
    attempts: () => seen?.attempts ?? [],
    stage(call) {
      seen = call;
      call.plan = {
        wantsBody: ({ status }) => status >= 400,
        next(outcome) {
          outcomes.push(outcome);
          if (!again(outcome) || !call.provider || !call.target) return null;
          const { provider, model, target } = call;
          const timeouts = { firstByte: 5_000, idle: 5_000, total: Infinity };
          return { provider, model, target, name: "second", timeouts, after: 0, ...step };
        },
      };
      return null;
    },
  };
}

Deno.test("a plan answers a failing provider's call from the next attempt, with one event", async () => {
  let calls = 0;
  await using upstream = await runUpstream((_, response) => {
    calls++;
    if (calls === 1) json(response, { error: { message: "too long", code: "length" } }, 400);
    else if (calls === 2) {
      response.writeHead(200, { "content-type": "application/json", "content-length": 10 });
      response.write("{", () => response.destroy());
    } else json(response, chatAnswer);
  });
  const plan = planning((outcome) => outcome.kind === "failed" || outcome.head.status === 400);
  await using running = runGateway({
    upstreams: { openai: upstream.url },
    ports: { stages: [plan.stage] },
  });
  const response = await post(`${running.url}/v1/chat/completions`, request);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual(chatAnswer);
  const [first, second, third, fourth] = plan.outcomes;
  expect(first).toMatchObject({ kind: "answered", head: { status: 400 } });
  expect(new TextDecoder().decode(first?.kind === "answered" ? first.body ?? undefined : undefined))
    .toContain("too long");
  expect(second).toMatchObject({ kind: "answered", head: { status: 200 }, body: null });
  expect(third).toMatchObject({ kind: "failed", error: { code: "upstream_broken" } });
  expect(fourth).toMatchObject({ kind: "answered", head: { status: 200 }, body: null });
  expect(plan.attempts()).toMatchObject([
    { target: "openai", status: 400, error: null },
    { target: "second", status: 200, error: "upstream_broken" },
    { target: "second", status: 200, error: null },
  ]);
  expect(plan.attempts().every(({ endedAt, started }) => endedAt !== null && endedAt >= started))
    .toBe(true);
  expect(running.log.only.event).toMatchObject({
    type: "call.completed",
    data: { status_code: 200, usage: { source: "provider" } },
  });
});

Deno.test("a plan leaves a stream that is silent after its head, but none after its first byte", async () => {
  let calls = 0;
  await using upstream = await runUpstream((_, response) => {
    calls++;
    response.writeHead(200, { "content-type": "text/event-stream" });
    if (calls === 1) response.flushHeaders();
    else {
      response.write(chunk("a"));
      setTimeout(() => response.destroy(), 20);
    }
  });
  const plan = planning(({ kind }) => kind === "failed");
  await using running = runGateway({
    upstreams: { openai: upstream.url },
    timeout: 1_000,
    ports: { stages: [plan.stage] },
  });
  const response = await post(`${running.url}/v1/chat/completions`, streamed);
  await expect(response.text()).rejects.toThrow();
  expect(calls).toBe(2);
  expect(plan.outcomes).toMatchObject([
    { kind: "answered" },
    { kind: "failed", error: { code: "upstream_timeout" } },
    { kind: "answered" },
  ]);
  await eventually(() => running.log.records.length === 1, "the event");
  expect(running.log.only.event).toMatchObject({ type: "call.failed" });
});

Deno.test("a plan that throws leaves the client with the provider's answer", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  const plan = planning(() => {
    throw new Error("broken policy");
  });
  await using running = runGateway({
    upstreams: { openai: upstream.url },
    ports: { stages: [plan.stage] },
  });
  const response = await post(`${running.url}/v1/chat/completions`, request);
  expect(await response.json()).toEqual(chatAnswer);
  expect(running.warnings.join()).toContain("A plan failed");
});

/** An observer that writes down what it is told. */
function watching(): { stage: Stage; told: string[]; observer: Observer } {
  const told: string[] = [];
  const decoder = new TextDecoder();
  const observer: Observer = {
    onHead: ({ status }) => told.push(`head ${status}`),
    onChunk: (bytes) => told.push(decoder.decode(bytes)),
    onEnd: () => told.push("end"),
    onBroken: (error) => told.push(`broken ${error?.code ?? "by the client"}`),
  };
  return {
    told,
    observer,
    stage(call) {
      call.observers.push(observer);
      return null;
    },
  };
}

Deno.test("an observer is told what the client gets, in one piece and as a stream", async () => {
  await using upstream = await runUpstream(({ body }, response) => {
    if (!new TextDecoder().decode(body).includes("stream")) return json(response, chatAnswer);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(chunk("a"));
    response.write(`data: {"choices":[],"usage":{"prompt_tokens":1,"total_tokens":1}}\n\n`);
    response.end("data: [DONE]\n\n");
  });
  const watch = watching();
  const throwing: Stage = (call) => {
    call.observers.unshift({
      ...watch.observer,
      onHead: () => {
        throw new Error("full");
      },
    });
    return null;
  };
  await using running = runGateway({
    upstreams: { openai: upstream.url },
    ports: { stages: [watch.stage, throwing] },
  });
  const whole = await post(`${running.url}/v1/chat/completions`, request);
  expect(watch.told).toEqual(["head 200", await whole.text(), "end"]);

  watch.told.length = 0;
  const stream = await post(`${running.url}/v1/chat/completions`, { ...request, stream: true });
  const seen = await stream.text();
  await eventually(() => watch.told.at(-1) === "end", "the end");
  expect(watch.told[0]).toBe("head 200");
  expect(watch.told.slice(1, -1).join("")).toBe(seen);
  expect(seen).not.toContain("usage");
  expect(running.warnings).toHaveLength(2);
});

Deno.test("with an audience the exchange goes on when the client left, until nobody waits", async () => {
  for (const stays of [true, false]) {
    let go = () => {};
    await using upstream = await runUpstream((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(chunk("a"));
      go = () => response.end(`${chunk("b")}data: [DONE]\n\n`);
    });
    const watch = watching();
    let stop: (() => void) | null = null;
    const audience: Stage = (call) => {
      call.audience = {
        takeOff() {},
        wanted: () => true,
        whenDeserted: (then) => {
          stop = then;
        },
      };
      return null;
    };
    await using running = runGateway({
      upstreams: { openai: upstream.url },
      ports: { stages: [watch.stage, audience] },
    });
    const leaving = new AbortController();
    const response = await fetch(`${running.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${projectKey}`, "content-type": "application/json" },
      body: JSON.stringify(streamed),
      signal: leaving.signal,
    });
    await response.body?.getReader().read();
    leaving.abort();
    await eventually(() => stop !== null, "the audience is asked");
    expect(running.log.records).toHaveLength(0);
    if (stays) {
      go();
      await eventually(() => watch.told.at(-1) === "end", "the end");
      expect(watch.told.join("")).toContain(chunk("b"));
      expect(running.log.only.event.type).toBe("call.completed");
    } else {
      // Set above, which the compiler cannot see.
      (stop as (() => void) | null)?.();
      await eventually(() => upstream.left === 1, "the provider is let go");
      await eventually(() => running.log.records.length === 1, "the event");
      expect(watch.told.at(-1)).toBe("broken by the client");
      expect(running.log.only.event.type).toBe("call.aborted");
    }
  }
});

Deno.test("what a stage adds is in the event and on the answer, and its failure costs no event", async () => {
  await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
  const stage: Stage = (call) => {
    call.cacheStatus = "MISS";
    call.answerHeaders.push("ratelimit-remaining", "7");
    call.onFinished.push(() => {
      throw new Error("no room");
    }, ({ data }) => {
      data.properties.settled = data.cost.usd ?? "unknown";
    });
    return null;
  };
  await using running = runGateway({
    upstreams: { openai: upstream.url },
    ports: { stages: [stage] },
  });
  const response = await post(`${running.url}/v1/chat/completions`, request);
  await response.body?.cancel();
  expect(response.headers.get("ratelimit-remaining")).toBe("7");
  expect(response.headers.get("x-watchllm-cache")).toBe("MISS");
  const { data } = running.log.only.event;
  expect(data.cache).toBe("MISS");
  expect(data.properties.settled).toBe(data.cost.usd);
  expect(running.warnings.join()).toContain("An event could not be completed");
});
