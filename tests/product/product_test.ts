/**
 * The product as a user meets it: one command, a client, the figures, and what happens when parts of it
 * die.
 */
import { expect } from "expect";
import { type Product, startProduct } from "../fixtures/product.ts";
import { eventually } from "../fixtures/eventually.ts";
import { serveSimulator } from "@/tools/simulator/serve.ts";
import { chat } from "./calls.ts";

interface LogRow {
  event_id: string;
  status: string;
  model: string;
  cost_usd: string | null;
  tokens_output: number;
}

async function withProduct(
  run: (product: Product, simulator: { url: string }) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  const simulator = serveSimulator({ seed: 7 });
  try {
    const product = await startProduct({
      env: {
        WATCHLLM_UPSTREAM_OPENAI: `${simulator.url}/openai`,
        OPENAI_API_KEY: "sk-canary-in-the-environment",
        ...env,
      },
    });
    try {
      await run(product, simulator);
    } finally {
      await product.stop();
    }
  } finally {
    await simulator.close();
  }
}

async function logs(product: Product): Promise<LogRow[]> {
  const response = await fetch(`${product.url}/v1/analytics/logs?limit=100`, {
    headers: { authorization: `Bearer ${product.key}` },
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    return [];
  }
  return (await response.json()).logs;
}

/** Waits until these calls, each once and no others, are in analytics. */
async function untilStored(product: Product, ids: readonly string[]): Promise<LogRow[]> {
  return await eventually(async () => {
    const rows = await logs(product);
    expect(rows.map(({ event_id }) => event_id).sort()).toEqual([...ids].sort());
    return rows;
  });
}

/** Process ids of the product's children whose command line contains `part`. */
async function childrenOf(pid: number, part: string): Promise<number[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-eo", "pid,ppid,args"] }).output();
  return new TextDecoder().decode(stdout).split("\n").flatMap((line) => {
    const [child, parent, ...args] = line.trim().split(/\s+/);
    return Number(parent) === pid && args.join(" ").includes(part) ? [Number(child)] : [];
  });
}

async function killChild(product: Product, part: string): Promise<void> {
  const [pid] = await childrenOf(product.pid, part);
  if (!pid) throw new Error(`No child process matches "${part}"`);
  Deno.kill(pid, "SIGKILL");
}

Deno.test("a call is answered, priced, and in analytics", () =>
  withProduct(async (product) => {
    const id = await chat(product, "What is a monad?");
    const [row] = await untilStored(product, [id]);
    expect(row).toMatchObject({ event_id: id, status: "success", model: "gpt-4o" });
    expect(Number(row?.cost_usd)).toBeGreaterThan(0);
    const ready = await (await fetch(`${product.url}/readyz`)).json();
    expect(ready.status).toBe("ready");
  }));

Deno.test("what was acknowledged survives the death of every process, and is stored once", () =>
  withProduct(async (product) => {
    const ids = [await chat(product, "one")];
    await killChild(product, "main.ts consumers");
    ids.push(await chat(product, "two"));
    await killChild(product, "launcher.ts");
    ids.push(await chat(product, "three"));
    await killChild(product, "main.ts web");
    ids.push(await eventually(() => chat(product, "four")));
    await untilStored(product, ids);
  }));

Deno.test("a second start on one data directory is refused and does no harm", () =>
  withProduct(async (product) => {
    const id = await chat(product, "before");
    const second = startProduct({ dataDir: product.dataDir, env: { WATCHLLM_PORT: "0" } });
    await expect(second).rejects.toThrow("Another WatchLLM runs on the data directory");
    await untilStored(product, [id]);
  }));

Deno.test("everything is there after a stop and a new start", async () => {
  const simulator = serveSimulator({ seed: 7 });
  const env = {
    WATCHLLM_UPSTREAM_OPENAI: `${simulator.url}/openai`,
    OPENAI_API_KEY: "sk-unused",
  };
  const first = await startProduct({ env });
  const ids: string[] = [];
  for (let i = 0; i < 20; i++) ids.push(await chat(first, `call ${i}`));
  // Stopped at once: some of these calls are committed but not projected yet.
  await first.stop({ keepData: true });
  const second = await startProduct({ env, dataDir: first.dataDir });
  try {
    await untilStored(second, ids);
  } finally {
    await second.stop();
    await simulator.close();
  }
});

Deno.test("nothing of the product outlives a supervisor that was killed", async () => {
  const product = await startProduct();
  const children = await childrenOf(product.pid, "");
  expect(children.length).toBeGreaterThanOrEqual(3);
  product.kill("SIGKILL");
  await eventually(async () => {
    const { stdout } = await new Deno.Command("ps", { args: ["-eo", "pid,stat"] }).output();
    const alive = new TextDecoder().decode(stdout).split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([pid, stat]) => children.includes(Number(pid)) && !stat?.startsWith("Z"));
    expect(alive).toEqual([]);
  });
  await product.stop();
});

Deno.test("no key is printed or stored in clear", () =>
  withProduct(async (product) => {
    const canaries = {
      environment: "sk-canary-in-the-environment",
      header: "sk-canary-in-a-header-0123456789abcdef",
      query: "sk-canary-in-the-query",
      password: product.password,
      projectKey: product.key.split("_")[3] ?? "",
    };
    await chat(product, "hello");
    const own = await fetch(
      `${product.url}/v1/chat/completions?api_key=${canaries.query}&key=${canaries.query}`,
      {
        method: "POST",
        headers: {
          "x-watchllm-key": product.key,
          authorization: `Bearer ${canaries.header}`,
          "content-type": "application/json",
        },
        body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "own key" }] }),
      },
    );
    await own.body?.cancel();
    const signIn = await fetch(`${product.url}/sign-in`, {
      method: "POST",
      body: new URLSearchParams({ password: product.password }),
      redirect: "manual",
    });
    await signIn.body?.cancel();
    await eventually(async () => expect((await logs(product)).length).toBeGreaterThanOrEqual(2));
    const files = await bytesBelow(product.dataDir);
    for (const [name, canary] of Object.entries(canaries)) {
      expect([name, product.output().includes(canary)]).toEqual([name, false]);
      const found = files.filter(({ bytes }) => contains(bytes, canary)).map(({ path }) => path);
      expect([name, found]).toEqual([name, []]);
    }
    // The scan does find what is stored: the prompt of the first call.
    expect(files.some(({ bytes }) => contains(bytes, "hello"))).toBe(true);
  }));

async function bytesBelow(path: string): Promise<{ path: string; bytes: Uint8Array }[]> {
  const found: { path: string; bytes: Uint8Array }[] = [];
  for await (const entry of Deno.readDir(path)) {
    const inner = `${path}/${entry.name}`;
    if (entry.isDirectory) found.push(...await bytesBelow(inner));
    // ClickHouse merges while we read: a file that went away holds nothing.
    else if (entry.isFile) {
      const bytes = await Deno.readFile(inner).catch(() => new Uint8Array());
      found.push({ path: inner, bytes });
    }
  }
  return found;
}

function contains(bytes: Uint8Array, text: string): boolean {
  return new TextDecoder("latin1").decode(bytes).includes(text);
}
