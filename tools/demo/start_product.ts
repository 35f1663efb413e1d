/**
 * Starts WatchLLM for the demo, with every provider replaced by the simulator.
 *
 * @module
 */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { providers } from "@/core/gateway/providers/table.ts";

export interface StartedProduct {
  /** Its address, once it is ready; rejects with its last words when it ends before that. */
  readonly ready: Promise<string>;
  /** Resolves when it has ended, by itself or not. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface StartProductOptions {
  /** Variables beyond those of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Takes what the product prints. */
  readonly say: (line: string) => void;
}

/** What makes a gateway send everything to the simulator at `url`. */
export function simulatedProviders(url: string): Record<string, string> {
  return Object.fromEntries(
    [...providers.keys()].flatMap((name) => {
      const variable = name.toUpperCase();
      return [
        [`WATCHLLM_UPSTREAM_${variable}`, `${url}/${name}`],
        [`${variable}_API_KEY`, `sk-simulated-${name}`],
      ];
    }),
  );
}

/** Starts it. Whoever did stops it, ready or not. */
export function startProduct(options: StartProductOptions): StartedProduct {
  const { env, say } = options;
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", main, "start"],
    env: { ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const ready = Promise.withResolvers<string>();
  const reading = Promise.all([child.stdout, child.stderr].map(async (stream) => {
    // deno-lint-ignore no-explicit-any -- node's and the web's stream types differ in name only
    for await (const line of createInterface({ input: Readable.fromWeb(stream as any) })) {
      say(line);
      const url = /ready at (http\S+)/.exec(line)?.[1];
      if (url) ready.resolve(url);
    }
  }));
  const ended = child.status.then(async ({ code }) => {
    await reading;
    ready.reject(new Error(`WatchLLM ended with code ${code} before it was ready`));
  });
  // Nobody may be waiting any more when it ends.
  ready.promise.catch(() => {});
  return {
    ready: ready.promise,
    ended,
    stop: async () => {
      try {
        child.kill("SIGTERM");
      } catch {
        // It has ended already.
      }
      await ended;
    },
  };
}
