/**
 * Real Python clients against the whole product: what schemathesis makes of its OpenAPI document, and what
 * Langfuse's and Traceloop's SDKs send.
 */
import { expect } from "expect";
import { join } from "node:path";
import { inputTokens, outputTokens } from "@/core/event/usage.ts";
import { simulatedProviders } from "@/tools/demo/start_product.ts";
import { serveSimulator } from "@/tools/simulator/serve.ts";
import { eventually } from "../fixtures/eventually.ts";
import { type Product, startProduct } from "../fixtures/product.ts";
import { environmentWith, run, skip } from "./python.ts";

// deno-lint-ignore no-explicit-any -- each route has its own shape
async function read({ url, key }: Product, path: string): Promise<any> {
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${key}` } });
  const body = await response.json();
  expect({ path, status: response.status }).toEqual({ path, status: 200 });
  return body;
}

async function sessionCookie({ url, password }: Product): Promise<string> {
  const response = await fetch(`${url}/sign-in`, {
    method: "POST",
    headers: { origin: url },
    body: new URLSearchParams({ password }),
    redirect: "manual",
  });
  await response.body?.cancel();
  const cookie = response.headers.get("set-cookie")?.split(";")[0];
  if (!cookie) throw new Error(`No session: ${response.status}`);
  return cookie;
}

/** Parameters that open something; all others are made up, wrong ones too. */
const known = `
[parameters]
"path.id" = "default"
"path.project_id" = "default"
"query.project_id" = "default"
"path.section" = ["cache", "limits", "routing", "providers", "retention"]
`;

/** A request whose head is longer than 16 KiB is refused by the HTTP server, with a bare 400. */
const hooks = `
import schemathesis
from urllib.parse import urlencode

@schemathesis.hook
def filter_query(context, query):
    return query is None or len(urlencode(query, doseq=True)) < 8_000
`;

/** What is left out, and why. */
const leftOut = [
  // The gateway's answers are the providers'.
  ["--exclude-tag", "Gateway"],
  // Refused with 501 always, because exporters do not try that again.
  ["--exclude-path-regex", "^/(v1|api/public/otel/v1)/(metrics|logs)$"],
  // A stream that can be as long as the log.
  ["--exclude-path", "/v1/analytics/export"],
  // Fills the project with a month of calls.
  ["--exclude-path", "/v1/projects/{id}/demo"],
  // Asks a provider.
  ["--exclude-path", "/v1/projects/{id}/provider-keys/{key_id}/test"],
  // Finds the key that it came with in the list of keys, and revokes it.
  ["--exclude-path", "/v1/projects/{id}/keys/{key_id}"],
].flat();

Deno.test("schemathesis finds no 5xx and no answer outside of its schema", async () => {
  const python = await environmentWith(["schemathesis==4.32.5"]);
  if (!python) return skip("schemathesis: PyPI cannot be reached, or Python is older than 3.10");
  const simulator = serveSimulator({ seed: 7 });
  const product = await startProduct({ env: simulatedProviders(simulator.url) });
  const directory = await Deno.makeTempDir({ prefix: "watchllm-schemathesis-" });
  try {
    const settings = join(directory, "schemathesis.toml");
    await Deno.writeTextFile(settings, known);
    await Deno.writeTextFile(join(directory, "hooks.py"), hooks);
    const { code, output } = await run(
      join(python, "../schemathesis"),
      [
        "--config-file",
        settings,
        "run",
        `${product.url}/v1/openapi.json`,
        "--header",
        `Authorization: Bearer ${product.key}`,
        "--header",
        `Cookie: ${await sessionCookie(product)}`,
        "--header",
        `Origin: ${product.url}`,
        "--checks",
        "not_a_server_error,status_code_conformance,content_type_conformance," +
        "response_schema_conformance",
        "--phases",
        "fuzzing",
        "--max-examples",
        "8",
        "--generation-deterministic",
        "--no-shrink",
        "--continue-on-failure",
        "--request-timeout",
        "30",
        // How hard a schema is to fill says nothing of the answers.
        "--suppress-health-check",
        "all",
        "--warnings",
        "off",
        "--no-color",
        ...leftOut,
      ],
      { SCHEMATHESIS_HOOKS: "hooks", PYTHONPATH: directory },
      directory,
    );
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringContaining("No issues found"),
    });
    // The key still opens its project: the answers were not refusals alone.
    await read(product, "/v1/analytics/stats");
  } finally {
    await product.stop();
    await simulator.close();
    await Deno.remove(directory, { recursive: true });
  }
});

const langfuseProgram = `
from langfuse import Langfuse, propagate_attributes

client = Langfuse()
with client.start_as_current_observation(
        name="handle request", as_type="span", input={"question": "Weather?"}):
    with propagate_attributes(user_id="u-1", session_id="s-1"):
        with client.start_as_current_observation(
                name="answer", as_type="generation", model="gpt-4o",
                input=[{"role": "user", "content": "Weather?"}]) as generation:
            generation.update(
                output={"role": "assistant", "content": "Rain."},
                usage_details={"input": 500, "output": 300, "cache_read_input_tokens": 1500},
                cost_details={"total": 0.9})
        with client.start_as_current_observation(
                name="get_weather", as_type="tool", input={"city": "Paris"}) as tool:
            tool.update(output={"sky": "rain"})
    print("trace", client.get_current_trace_id())
client.flush()
client.shutdown()
`;

Deno.test("langfuse: a trace with a generation and a tool is the tree that was sent", async () => {
  const python = await environmentWith(["langfuse==5.0.4"]);
  if (!python) return skip("Langfuse's SDK: PyPI cannot be reached, or has none for this Python");
  const product = await startProduct();
  try {
    const { code, output } = await run(python, ["-c", langfuseProgram], {
      LANGFUSE_HOST: product.url,
      LANGFUSE_PUBLIC_KEY: "pk-lf-1",
      LANGFUSE_SECRET_KEY: product.key,
      LANGFUSE_TRACING_ENVIRONMENT: "staging",
    });
    expect({ code, output }).toMatchObject({ code: 0 });
    const id = /^trace (\w{32})$/m.exec(output)?.[1];
    await eventually(async () => {
      const { trace, roots } = await read(product, `/v1/analytics/traces/${id}`);
      expect(trace).toMatchObject({
        name: "handle request",
        calls: 1,
        spans: 2,
        tool_calls: 1,
        errors: 0,
        tokens_input: 2_000,
        tokens_output: 300,
        cost_usd: "0.006125",
        unpriced_requests: 0,
        user_id: "u-1",
        session_id: "s-1",
        environment: "staging",
      });
      expect(roots).toMatchObject([{
        name: "handle request",
        kind: "span",
        children: [
          {
            name: "answer",
            kind: "call",
            call: {
              provider: "openai",
              model: "gpt-4o",
              tokens_cache_read: 1_500,
              provider_cost_usd: "0.9",
              counted: true,
            },
            children: [],
          },
          { name: "get_weather", kind: "tool", tool: { name: "get_weather" }, children: [] },
        ],
      }]);
      const [{ children: [generation, tool] }] = roots;
      const event = await read(product, `/v1/analytics/event/${generation.event_id}`);
      expect(event.request.messages).toEqual([{ role: "user", content: "Weather?" }]);
      expect(event.response.choices[0].message.content).toBe("Rain.");
      const span = await read(product, `/v1/analytics/spans/${tool.event_id}`);
      expect(span).toMatchObject({ input: { city: "Paris" }, output: { sky: "rain" } });
    });
  } finally {
    await product.stop();
  }
});

const traceloopProgram = `
import sys
from openai import OpenAI
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import workflow

url, key, simulator = sys.argv[1:4]
Traceloop.init(app_name="ask", api_endpoint=url, headers={"Authorization": "Bearer " + key},
               disable_batch=True, telemetry_enabled=False)
client = OpenAI(base_url=simulator + "/openai/v1", api_key="sk", max_retries=0)

@workflow(name="answer question")
def answer():
    return client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "What is the capital of France?"}])

reply = answer()
print("said", reply.choices[0].message.content.splitlines()[0])
`;

// Its instrumentations are betas that must all be of one release. With that named, pip is done in seconds;
// otherwise it tries combinations for many minutes.
const instrumentations = ["logging", "redis", "requests", "sqlalchemy", "threading", "urllib3"];
const traceloop = [
  "traceloop-sdk==0.62.4",
  "openai",
  "httpx",
  ...instrumentations.map((name) => `opentelemetry-instrumentation-${name}==0.65b0`),
];

Deno.test("traceloop-sdk: a call by openai is a priced call in its trace", async () => {
  const python = await environmentWith(traceloop);
  if (!python) return skip("Traceloop's SDK: PyPI cannot be reached, or has none for this Python");
  const simulator = serveSimulator({ seed: 7 });
  const product = await startProduct();
  try {
    const { code, output } = await run(python, [
      "-c",
      traceloopProgram,
      product.url,
      product.key,
      simulator.url,
    ], { TRACELOOP_METRICS_ENABLED: "false" });
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("said ") });
    const [bill] = simulator.bills;
    if (!bill) throw new Error("The provider was not asked");
    await eventually(async () => {
      const { traces } = await read(product, "/v1/analytics/traces");
      expect(traces).toMatchObject([{
        calls: 1,
        tokens_input: inputTokens(bill.buckets),
        tokens_output: outputTokens(bill.buckets),
        unpriced_requests: 0,
        models: ["gpt-4o"],
      }]);
      const { roots } = await read(product, `/v1/analytics/traces/${traces[0].trace_id}`);
      expect(roots).toMatchObject([{
        name: "answer question.workflow",
        children: [{ kind: "call", call: { provider: "openai", model: "gpt-4o", counted: true } }],
      }]);
      const [{ children: [call] }] = roots;
      expect(call.call.cost_usd).toBe(traces[0].cost_usd);
      expect(Number(call.call.cost_usd)).toBeGreaterThan(0);
      const { request } = await read(product, `/v1/analytics/event/${call.event_id}`);
      expect(request.messages).toEqual([
        { role: "user", content: "What is the capital of France?" },
      ]);
    });
  } finally {
    await product.stop();
    await simulator.close();
  }
});
