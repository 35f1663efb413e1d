/** The Python SDK: its own tests, what is built of it, and the real clients recorded by it. */
import { expect } from "expect";
import { join } from "node:path";
import { serveSimulator } from "@/tools/simulator/serve.ts";
import { serveEvents } from "@/tests/sdk_typescript/server.ts";
import type { PromptCallEvent } from "@watchllm/sdk";
import { environmentWith, root, run, skip } from "./python.ts";

const source = join(root, "sdk/python/src");

Deno.test("the Python SDK passes its own tests with the standard library alone", async () => {
  const tests = join(root, "sdk/python/tests");
  const { code, output } = await run(
    "python3",
    ["-X", "dev", "-W", "error::ResourceWarning", "-m", "unittest", "discover", "-s", tests],
    { PYTHONPATH: `${source}:${tests}` },
  );
  if (code === 127) return skip("the Python SDK's tests: python3 is not installed");
  expect(output).toContain("OK");
  expect(code).toBe(0);
});

Deno.test("wheel and sdist are built, and the wheel works where it is installed", async () => {
  const python = await environmentWith(["build", "setuptools>=77"]);
  if (!python) return skip("building the Python SDK: PyPI cannot be reached");
  const directory = await Deno.makeTempDir({ prefix: "watchllm-python-" });
  try {
    const copy = join(directory, "sdk");
    await run("cp", ["-r", join(root, "sdk/python"), copy]);
    const built = await run(python, ["-m", "build", "--no-isolation", "--outdir", directory, copy]);
    expect(built).toMatchObject({ code: 0 });
    const files = [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
    expect(files).toEqual(["sdk", "watchllm-0.1.0-py3-none-any.whl", "watchllm-0.1.0.tar.gz"]);
    const wheel = join(directory, "watchllm-0.1.0-py3-none-any.whl");
    const listed = await run("python3", ["-m", "zipfile", "-l", wheel]);
    expect(listed.output).toContain("watchllm/py.typed");
    const used = await run("python3", [
      "-c",
      "import watchllm; print(watchllm.__version__, watchllm.__file__)",
    ], { PYTHONPATH: wheel });
    expect(used.output).toContain(`0.1.0 ${wheel}`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("types are complete under mypy's strict mode", async () => {
  const python = await environmentWith(["mypy"]);
  if (!python) return skip("the Python SDK's types: PyPI cannot be reached");
  const checked = await run(python, [
    "-m",
    "mypy",
    "--strict",
    "--python-version",
    "3.10",
    "--cache-dir",
    "/dev/null",
    join(source, "watchllm"),
  ]);
  expect(checked).toEqual({ code: 0, output: expect.stringContaining("Success") });
});

const program = `
import asyncio, sys
import anthropic, openai
import watchllm
from watchllm import WatchLLM

server, simulator, wrapped = sys.argv[1:4]
watch = WatchLLM("k", server, on_loss=lambda loss: print("LOST", loss))
ask = [{"role": "user", "content": "Why does this query get slow?"}]
tool = {"type": "function", "function": {"name": "get_weather", "description": "Weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}
options = {"api_key": "sk", "max_retries": 0}
if wrapped == "auto":
    watchllm.auto_instrument(watch)
make = (lambda client: client) if wrapped == "auto" else watch.wrap_openai
make_a = (lambda client: client) if wrapped == "auto" else watch.wrap_anthropic
oa = make(openai.OpenAI(base_url=simulator + "/openai/v1", **options))
aoa = make(openai.AsyncOpenAI(base_url=simulator + "/openai/v1", **options))
an = make_a(anthropic.Anthropic(base_url=simulator + "/anthropic", **options))
aan = make_a(anthropic.AsyncAnthropic(base_url=simulator + "/anthropic", **options))

def text(stream):
    parts = []
    for chunk in stream:
        assert chunk.choices, "a chunk that was not asked for"
        parts.append(chunk.choices[0].delta.content or "")
    return "".join(parts)

with watch.trace("sync"):
    oa.chat.completions.create(model="gpt-4o", messages=ask)
    text(oa.chat.completions.create(model="gpt-4o", messages=ask, stream=True))
    oa.chat.completions.create(model="gpt-4o", messages=ask, tools=[tool], tool_choice="required")
    oa.responses.create(model="gpt-4o", input="Hello")
    for event in oa.responses.create(model="gpt-4o", input="Hello", stream=True): pass
    oa.embeddings.create(model="text-embedding-3-small", input="Hello")
    an.messages.create(model="claude-sonnet-4-5", max_tokens=100, messages=ask)
    for event in an.messages.create(model="claude-sonnet-4-5", max_tokens=100, messages=ask, stream=True): pass

async def main():
    async with watch.trace("async"):
        await aoa.chat.completions.create(model="gpt-4o", messages=ask)
        async for chunk in await aoa.chat.completions.create(model="gpt-4o", messages=ask, stream=True): pass
        await aan.messages.create(model="claude-sonnet-4-5", max_tokens=100, messages=ask)
        async for event in await aan.messages.create(
            model="claude-sonnet-4-5", max_tokens=100, messages=ask, stream=True): pass
    broken = make(openai.AsyncOpenAI(base_url="http://127.0.0.1:1/v1", **options))
    try:
        await broken.chat.completions.create(model="gpt-4o", messages=ask)
    except openai.APIConnectionError:
        print("raised")
asyncio.run(main())
if wrapped == "auto":
    watchllm.disable_instrumentation()
    oa.chat.completions.create(model="gpt-4o", messages=ask)
watch.close()
print(watch.counts)
`;

for (const wrapped of ["auto", "client"]) {
  Deno.test(`openai and anthropic are recorded as answered (${wrapped})`, async () => {
    const python = await environmentWith(["openai", "anthropic"]);
    if (!python) return skip("real Python clients: PyPI cannot be reached");
    const simulator = serveSimulator({ seed: 7 });
    await using server = serveEvents();
    try {
      const { code, output } = await run(
        python,
        ["-X", "dev", "-c", program, server.url, simulator.url, wrapped],
        { PYTHONPATH: source },
      );
      expect(output).toContain("raised");
      expect(output).toContain("Counts(queued=0, sent=15, lost=0)");
      expect(code).toBe(0);
      const calls = [...server.taken.values()]
        .filter((event): event is PromptCallEvent => event.type === "prompt_call");
      expect(calls).toHaveLength(13);
      expect(calls.filter(({ status }) => status === "error")).toHaveLength(1);
      const succeeded = calls.filter(({ status }) => status === "success");
      for (const call of succeeded) {
        expect(call.usage).toEqual(expect.any(Object));
        if (call.model.startsWith("text-embedding")) continue;
        expect(call.output).toBeTruthy();
        expect(call.finish_reason).toBeTruthy();
      }
      const traces = new Set(succeeded.map(({ trace_id }) => trace_id));
      expect(traces.size).toBe(2);
      expect(succeeded.some(({ tool_calls }) => tool_calls?.length)).toBe(true);
    } finally {
      await simulator.close();
    }
  });
}
