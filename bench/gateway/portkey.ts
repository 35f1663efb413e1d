/**
 * Portkey's gateway from npm, fetched for the run. It answers every stream with 500 unless an older
 * `@hono/node-server` stands beside it.
 *
 * @module
 */
import { freePort } from "@/tools/free_port.ts";
import { stopChild } from "./process.ts";
import type { Target } from "./target.ts";

export const portkeyVersion = "1.15.2";

export async function startPortkey(upstreamPort: number): Promise<Target> {
  const directory = await Deno.makeTempDir({ prefix: "portkey-" });
  const install = await new Deno.Command("npm", {
    args: [
      "install",
      "--no-audit",
      "--no-fund",
      "--legacy-peer-deps",
      "--ignore-scripts",
      `@portkey-ai/gateway@${portkeyVersion}`,
      "@hono/node-server@1.14.0",
    ],
    cwd: directory,
    stdin: "null",
  }).output();
  if (!install.success) {
    throw new Error(`npm could not fetch Portkey: ${new TextDecoder().decode(install.stderr)}`);
  }
  const port = freePort("127.0.0.1", 0);
  const child = new Deno.Command("node", {
    args: [
      "node_modules/@portkey-ai/gateway/build/start-server.js",
      `--port=${port}`,
      "--headless",
    ],
    cwd: directory,
    env: { NODE_ENV: "production" },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  await listening(port);
  return {
    name: "Portkey",
    port,
    path: "/v1/chat/completions",
    headers: {
      "authorization": "Bearer sk-bench",
      "x-portkey-provider": "openai",
      "x-portkey-custom-host": `http://127.0.0.1:${upstreamPort}/v1`,
    },
    pid: child.pid,
    async stop() {
      await stopChild(child);
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** Resolves when something listens on the port. */
export async function listening(port: number): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`Nothing listens on port ${port}`);
}
