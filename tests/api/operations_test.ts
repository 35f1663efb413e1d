import { expect } from "expect";
import { meteredWriter } from "@/core/metrics/metered_writer.ts";
import { createMetrics } from "@/core/metrics/metrics.ts";
import { clickhouseCheck, kvCheck } from "@/routes/(_api)/readiness.ts";
import { draft } from "@/tests/log/events.ts";
import { emptyStore, testApi } from "./fixture.ts";

Deno.test("/healthz is alive as long as it answers", async () => {
  await using api = await testApi(emptyStore);
  const answer = await api.send("/healthz");
  expect([answer.status, await answer.json()]).toEqual([200, { status: "alive" }]);
});

Deno.test("/readyz says which part is missing, and nothing of its address", async () => {
  await using api = await testApi(emptyStore, {
    checks: {
      clickhouse: clickhouseCheck({ ping: () => Promise.reject(new Error("http://secret:1")) }),
      consumers: () => Promise.resolve({ ok: true, figures: { lag_events: 7 } }),
    },
  });
  const answer = await api.send("/readyz");
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({
    status: "not_ready",
    checks: {
      clickhouse: { ok: false, detail: "It could not be reached." },
      consumers: { ok: true, figures: { lag_events: 7 } },
    },
  });
});

Deno.test("/readyz is ready when every part is", async () => {
  const kv = await Deno.openKv(":memory:");
  await using api = await testApi(emptyStore, {
    checks: { kv: kvCheck(kv), clickhouse: clickhouseCheck({ ping: () => Promise.resolve() }) },
  });
  const answer = await api.send("/readyz");
  expect([answer.status, (await answer.json()).status]).toEqual([200, "ready"]);
  kv.close();
  const closed = await api.send("/readyz");
  expect([closed.status, (await closed.json()).checks.kv.ok]).toEqual([503, false]);
});

Deno.test("/metrics is Prometheus' text format", async () => {
  const metrics = createMetrics();
  await using api = await testApi(emptyStore, { metrics });
  const requests = metrics.counter("watchllm_requests_total", "Requests\nby status.");
  requests.add({ status: "200" });
  requests.add({ status: "200" }, 2);
  requests.add({ status: 'a"b\\c\n' });
  metrics.gauge("watchllm_broken", "Not readable.", () => Promise.reject(new Error("no")));
  metrics.gauge("watchllm_lag_events", "Waiting.", () => [
    { value: 3, labels: { partition: "0" } },
  ]);
  const writer = meteredWriter(api.log, metrics, () => performance.now());
  await Promise.all([writer.append(draft("a")), writer.append(draft("b"))]);

  const answer = await api.send("/metrics");
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const lines = (await answer.text()).split("\n");
  const line =
    /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="([^"\\\n]|\\["\\n])*",?)+\})? [0-9.e+-]+|)$/;
  for (const one of lines) expect(one).toMatch(line);
  expect(lines).toContain('watchllm_requests_total{status="200"} 3');
  expect(lines).toContain('watchllm_lag_events{partition="0"} 3');
  expect(lines).toContain("watchllm_log_append_seconds_count 2");
  expect(lines).toContain('watchllm_log_append_seconds_bucket{le="+Inf"} 2');
  expect(lines).toContain("watchllm_log_pending_events 0");
  expect(lines.some((one) => one.includes("broken"))).toBe(false);
});

Deno.test("a histogram counts into every bucket that holds the value", async () => {
  const metrics = createMetrics();
  const histogram = metrics.histogram("h", "H.", [0.1, 1]);
  for (const seconds of [0.05, 0.1, 0.5, 5]) histogram.observe(seconds);
  expect((await metrics.text()).split("\n").slice(2, 7)).toEqual([
    'h_bucket{le="0.1"} 2',
    'h_bucket{le="1"} 3',
    'h_bucket{le="+Inf"} 4',
    "h_sum 5.65",
    "h_count 4",
  ]);
});
