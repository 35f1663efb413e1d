import { expect } from "expect";
import { answers, kinds, requestBody } from "@/bench/gateway/answers.ts";
import { startUpstream } from "@/bench/gateway/direct.ts";
import { type Job, outcomeSchema } from "@/bench/gateway/load.ts";
import { measure, verify } from "@/bench/gateway/measure.ts";
import { output } from "@/bench/gateway/process.ts";
import { addedTable, median, throughputTable } from "@/bench/gateway/tables.ts";
import type { Round } from "@/bench/gateway/measure.ts";
import type { Target } from "@/bench/gateway/target.ts";

const loadFile = new URL("../../bench/gateway/load.ts", import.meta.url).pathname;
const job: Omit<Job, "port"> = {
  request: `POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}`,
  connections: 2,
  seconds: 30,
  warmupSeconds: 0,
  perSecond: null,
  maxRequests: 20,
  minBytes: 10,
};

async function load(port: number, changes: Partial<Job>) {
  const args = JSON.stringify({ ...job, port, ...changes });
  return outcomeSchema.parse(JSON.parse(await output(["run", "-A", "--quiet", loadFile, args])));
}

Deno.test("the prepared answers are 2 KB of JSON and 50 events", () => {
  expect(answers["json-0"].body.length).toBeGreaterThan(1_900);
  expect(answers["json-0"].body.length).toBeLessThan(2_200);
  expect(answers["sse-0"].body.split("\n\n").length - 1).toBe(50);
  for (const kind of kinds) {
    // The load generator takes these bytes for the end of an answer.
    expect(answers[kind].body).not.toContain("\r");
    expect(JSON.parse(requestBody(kind)).user).toBe(`bench-${kind}`);
  }
});

Deno.test("the load generator counts whole answers of the upstream, closed and open loop", async () => {
  const upstream = await startUpstream();
  try {
    await verify(upstream, true);
    for (const kind of kinds) {
      const scenario = { name: kind, kind, connections: 4 };
      const times = { seconds: 30, warmupSeconds: 0 };
      const round = await measure(upstream, scenario, times, 40);
      expect(round.failed).toBe(0);
      expect(round.answered).toBeGreaterThanOrEqual(40);
      expect(round.answeredInAll).toBe(round.answered);
    }
    const open = { name: "open", kind: "json-0", connections: 1, perSecond: 100 } as const;
    const round = await measure(upstream, open, { seconds: 0.5, warmupSeconds: 0 });
    expect(round.answered).toBe(50);
  } finally {
    await upstream.stop();
  }
});

Deno.test("the load generator counts refusals and answers that are too short as failed", async () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) =>
      request.url.includes("refuse") ? new Response("no", { status: 500 }) : new Response("short"),
  );
  const { port } = server.addr;
  const short = await load(port, { seconds: 0.2, minBytes: 100_000 });
  expect(short.answered).toBe(0);
  expect(short.failed).toBeGreaterThan(0);
  const request = job.request.replace("POST /", "POST /refuse");
  const refused = await load(port, { seconds: 0.2, request });
  expect(refused.answered).toBe(0);
  expect(refused.failure).toContain("status 500");
  await server.shutdown();
});

Deno.test("verify() refuses a gateway that changes the answer", async () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response('{"content":"something else"}'),
  );
  const target: Target = {
    name: "other",
    port: server.addr.port,
    path: "/",
    headers: {},
    pid: Deno.pid,
    stop: () => server.shutdown(),
  };
  await expect(verify(target, false)).rejects.toThrow("does not answer json-0");
  await target.stop();
});

Deno.test("ratios and added latencies are taken inside a round", () => {
  const round = (perSecond: number, p50: number) =>
    ({ perSecond, p50, p99: p50, firstByteP50: p50 }) as Round;
  const scenario = { name: "s", kind: "json-0", connections: 1 } as const;
  const measured = new Map([
    ["direct", new Map([["s", [round(100, 1), round(10, 9), round(50, 2)]]])],
    ["ours", new Map([["s", [round(50, 2), round(5, 11), round(20, 5)]]])],
  ]);
  expect(median([3, 1, 2, 10])).toBe(2.5);
  const { rows } = throughputTable(measured, [scenario], []);
  expect(rows[1]).toEqual(["ours", "20 (0.50×, 0.4-0.5)"]);
  expect(addedTable(measured, [scenario]).rows).toEqual([["ours", "2.00 / 2.00 / 2.00"]]);
});
