import { expect } from "expect";
import {
  chatAnswer,
  eventually,
  json,
  post,
  projectKey,
  runUpstream,
} from "@/tests/gateway/fixture.ts";
import { decimal, exactText } from "@/core/pricing/decimal.ts";
import { inputTokens, outputTokens } from "@/core/event/usage.ts";
import { Ledger } from "@/core/limits/ledger.ts";
import { limitStates } from "@/core/limits/state.ts";
import { policyOf } from "@/core/limits/policy.ts";
import { Clock, settingsOf } from "./fixture.ts";
import { type Limited, limitedGateway, question } from "./gateway_fixture.ts";

const budget = settingsOf([{ id: "b", unit: "usd", quota: "0.06", window: "month" }]);
const quota = exactText("0.06");
/** What `question()` reserves, and what `chatAnswer` costs. */
const reservation = exactText("0.008");
const cost = exactText("0.006125");

/** The costs of all calls that were made, as the events tell. */
function costs(...all: readonly Limited[]): bigint {
  return all.flatMap(({ calls }) => calls).reduce(
    (sum, { data }) => sum + (data.error ? 0n : exactText(data.cost.usd ?? "")),
    0n,
  );
}

async function spentIn(kv: Deno.Kv, clock: Clock): Promise<bigint> {
  const [state] = await limitStates(new Ledger(kv, clock.now), "p1", policyOf(budget), clock.now());
  expect(state?.subjects[0]).toMatchObject({ reserved: "0" });
  return exactText(state?.subjects[0]?.used ?? "");
}

Deno.test("100 calls at once against a budget for ten never overshoot it by more than one reservation, and the sums are exact", async () => {
  using kv = await Deno.openKv(":memory:");
  const clock = new Clock();
  const held: (() => void)[] = [];
  let hold = true;
  await using upstream = await runUpstream((_, response) => {
    if (hold) held.push(() => json(response, chatAnswer));
    else json(response, chatAnswer);
  });
  {
    await using limited = limitedGateway({
      kv,
      clock,
      upstreams: { openai: upstream.url },
      settings: () => budget,
    });
    let answered = 0;
    const asking = Array.from({ length: 100 }, async () => {
      const answer = await limited.ask();
      answered++;
      return answer;
    });
    await eventually(() => held.length + answered === 100, "all calls are decided on");
    // Eight reservations of $0.008: the eighth is the one that goes over.
    expect(held.length).toBe(8);
    hold = false;
    for (const go of held) go();
    const answers = await Promise.all(asking);
    const made = answers.filter(({ status }) => status === 200).length;
    expect(answers.every(({ status }) => status === 200 || status === 429)).toBe(true);
    expect(costs(limited)).toBe(BigInt(made) * cost);
    expect(costs(limited) < quota + reservation).toBe(true);

    // What was reserved and not spent serves further calls, to the end.
    while ((await limited.ask()).status === 200);
    expect(costs(limited) >= quota).toBe(true);
    expect(costs(limited) < quota + reservation).toBe(true);
    expect(limited.calls.length).toBe(
      upstream.seen.length + limited.calls.filter(({ data }) => data.error).length,
    );
    expect(limited.calls.filter(({ data }) => data.error)).toMatchObject(
      Array(limited.calls.length - upstream.seen.length).fill({
        type: "call.failed",
        data: {
          status_code: 429,
          error: { code: "budget_exceeded", origin: "gateway" },
          limits: [{ limit: "b", state: "blocked" }],
        },
      }),
    );
    await limited.limiter.flush();
    expect(await spentIn(kv, clock)).toBe(costs(limited));
    expect(limited.crossings.map(({ level }) => level)).toEqual([1, 2]);
  }
});

Deno.test("two gateways on one store keep one budget", async () => {
  using kv = await Deno.openKv(":memory:");
  const clock = new Clock();
  await using upstream = await runUpstream((_, response) => {
    setTimeout(() => json(response, chatAnswer), 5);
  });
  const options = { kv, clock, upstreams: { openai: upstream.url }, settings: () => budget };
  await using first = limitedGateway(options);
  await using second = limitedGateway(options);
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => (i % 2 ? first : second).ask()),
  );
  expect(answers.some(({ status }) => status === 429)).toBe(true);
  expect(costs(first, second) < quota + reservation).toBe(true);
  // What one has put aside and does not need, the other may have.
  for (let round = 0; round < 20; round++) {
    await first.ask();
    await second.ask();
    clock.at += 2_000;
    await first.limiter.flush();
    await second.limiter.flush();
  }
  expect(costs(first, second) >= quota).toBe(true);
  expect(costs(first, second) < quota + reservation).toBe(true);
  expect(await spentIn(kv, clock)).toBe(costs(first, second));
  const levels = [...first.crossings, ...second.crossings].map(({ level }) => level);
  expect(levels.sort()).toEqual([1, 2]);
});

Deno.test("what a killed process had reserved comes back", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/kv.sqlite3`;
  try {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--unstable-kv",
        new URL("reserving_process.ts", import.meta.url).pathname,
        path,
      ],
      stdout: "piped",
    }).spawn();
    const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    expect((await output.read()).value).toBe("spent 30, reserved 70\n");
    child.kill("SIGKILL");
    await output.cancel();
    await child.status;

    using kv = await Deno.openKv(path);
    const clock = new Clock();
    const settings = () => settingsOf([{ id: "l", unit: "tokens", quota: 100, window: "month" }]);
    await using upstream = await runUpstream((_, response) => json(response, chatAnswer));
    await using limited = limitedGateway({
      kv,
      clock,
      upstreams: { openai: upstream.url },
      settings,
    });
    const refused = await limited.ask();
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("1");
    clock.at += 30_001;
    expect((await limited.ask()).status).toBe(200);
    await limited.limiter.flush();
    const states = await limitStates(
      limited.limiter.ledger,
      "p1",
      policyOf(settings()),
      clock.now(),
    );
    expect(states[0]?.subjects[0]?.used).toBe(String(30 + 2_300));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

const stream = [
  `data: ${
    JSON.stringify({ id: "c", model: "gpt-4o", choices: [{ index: 0, delta: { content: "Hi" } }] })
  }\n\n`,
  `data: ${JSON.stringify({ id: "c", model: "gpt-4o", choices: [], usage: chatAnswer.usage })}\n\n`,
  "data: [DONE]\n\n",
];

Deno.test("streams, failures and calls that nobody waited for end their reservations", async () => {
  using kv = await Deno.openKv(":memory:");
  const clock = new Clock();
  let answer: "stream" | "stall" | "error" | "close" | "refuse" = "stream";
  await using upstream = await runUpstream((_, response) => {
    if (answer === "error") return json(response, { error: { message: "no", type: "x" } }, 500);
    if (answer === "close") return response.destroy();
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const part of answer === "stall" ? stream.slice(0, 1) : stream) response.write(part);
    if (answer === "stream") response.end();
  });
  const settings = settingsOf([
    { id: "money", unit: "usd", quota: "10" },
    { id: "words", unit: "tokens", quota: 100_000 },
    { id: "calls", unit: "requests", quota: 100 },
  ]);
  await using limited = limitedGateway({
    kv,
    clock,
    upstreams: { openai: upstream.url },
    settings: () => settings,
  });
  const { url } = limited.running;
  const headers = { authorization: `Bearer ${projectKey}` };
  const states = async () => {
    await limited.limiter.flush();
    const all = await limitStates(limited.limiter.ledger, "p1", policyOf(settings), clock.now());
    return all.map(({ subjects: [one] }) => [one?.used, one?.reserved]);
  };
  const streamed = await post(`${url}/v1/chat/completions`, question({ stream: true }), headers);
  await streamed.text();
  expect(await states()).toEqual([["0.006125", "0"], ["2300", "0"], ["1", "0"]]);

  answer = "stall";
  const leaving = new AbortController();
  const left = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: question({ stream: true }),
    signal: leaving.signal,
  });
  await left.body?.getReader().read();
  expect(await states()).toEqual([
    ["0.006125", "0.008"],
    ["2300", "2300"],
    ["1", "1"],
  ]);
  leaving.abort();
  await eventually(() => limited.calls.length === 2, "the aborted call's event");
  const aborted = limited.calls[1];
  expect(aborted).toMatchObject({ type: "call.aborted" });
  const { usage, cost: paid } = aborted!.data; // it was just looked at
  const used = exactText("0.006125") + exactText(paid.usd ?? "");
  const words = 2_300 + inputTokens(usage.buckets) + outputTokens(usage.buckets);
  const settled = [[decimal(used), "0"], [String(words), "0"]];
  expect(await states()).toEqual([...settled, ["2", "0"]]);

  // A provider that failed takes nothing; the call was one all the same.
  answer = "error";
  expect((await limited.ask()).status).toBe(500);
  answer = "close";
  expect((await limited.ask()).status).toBe(502);
  expect(await states()).toEqual([...settled, ["4", "0"]]);
});

Deno.test("a call without a known price reserves the ceiling, and pays it", async () => {
  using kv = await Deno.openKv(":memory:");
  const clock = new Clock();
  await using upstream = await runUpstream((_, response) => {
    json(response, { ...chatAnswer, model: "nobody-knows-1" });
  });
  const settings = settingsOf([{ id: "b", unit: "usd", quota: "1" }], { unpriced_call_usd: "0.4" });
  await using limited = limitedGateway({
    kv,
    clock,
    upstreams: { openai: upstream.url },
    settings: () => settings,
  });
  const statuses: number[] = [];
  for (let i = 0; i < 5; i++) {
    statuses.push((await limited.ask(question({ model: "nobody-knows-1" }))).status);
  }
  expect(statuses).toEqual([200, 200, 200, 429, 429]);
  expect(limited.calls[0]?.data.cost.usd).toBe(null);
  await limited.limiter.flush();
  const [state] = await limitStates(limited.limiter.ledger, "p1", policyOf(settings), clock.now());
  expect(state?.subjects[0]?.used).toBe("1.2");
  expect(decimal(state?.limit.quota ?? 0n)).toBe("1");
});
