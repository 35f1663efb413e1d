/**
 * A gateway with limits, before a provider on a real port.
 *
 * @module
 */
import type { CallData } from "@/core/event/call.ts";
import { createLimiting } from "@/core/gateway/limiting.ts";
import type { Crossing, Limiter } from "@/core/limits/limiter.ts";
import type { LimitsSettings } from "@/core/limits/settings.ts";
import type { KvPort } from "@/core/log/kv.ts";
import { noProjectPrices } from "@/core/pricing/project_price.ts";
import { post, projectKey, runGateway, type Running, type RunOptions } from "../gateway/fixture.ts";
import { type Clock, limiterOn } from "./fixture.ts";

export interface LimitedOptions extends RunOptions {
  readonly kv: KvPort;
  readonly clock: Clock;
  /** May be changed while the gateway runs. */
  readonly settings: () => LimitsSettings | Promise<LimitsSettings>;
  readonly deadline?: number;
}

export interface Limited extends AsyncDisposable {
  readonly running: Running;
  readonly limiter: Limiter;
  readonly crossings: Crossing[];
  /** A call as an SDK makes it; its answer is read. */
  ask(body?: unknown, headers?: Record<string, string>): Promise<Answered>;
  /** The calls' events, in the order in which they ended. */
  readonly calls: readonly { readonly type: string; readonly data: CallData }[];
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any -- looked into freely
  readonly body: any;
}

export function limitedGateway(options: LimitedOptions): Limited {
  const crossings: Crossing[] = [];
  const warnings: string[] = [];
  const { kv, clock, deadline = 10_000 } = options;
  const limiter = limiterOn(kv, clock, {
    deadline,
    onCrossed: (crossing) => crossings.push(crossing),
  });
  const running = runGateway({
    ...options,
    providerKeys: { openai: "sk-1", anthropic: "sk-2", ...options.providerKeys },
    ports: {
      clock: clock.now,
      limits: createLimiting({
        limiter,
        settings: () => options.settings(),
        prices: () => noProjectPrices,
        now: clock.now,
        warn: (message) => warnings.push(message),
      }),
      ...options.ports,
    },
  });
  return {
    running,
    limiter,
    crossings,
    async ask(body = question(), headers = {}) {
      const response = await post(`${running.url}/v1/chat/completions`, body, {
        authorization: `Bearer ${projectKey}`,
        ...headers,
      });
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
    get calls() {
      return running.log.records.map(({ event }) => event);
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await limiter.close();
    },
  };
}

/** A body of 6,000 bytes, which is taken for 2,000 tokens: $0.008 with its output. */
export function question(more: Record<string, unknown> = {}): string {
  const body = {
    model: "gpt-4o",
    max_tokens: 300,
    ...more,
    messages: [{ role: "user", content: "" }],
  };
  const content = "x".repeat(6_000 - JSON.stringify(body).length);
  return JSON.stringify({ ...body, messages: [{ role: "user", content }] });
}
