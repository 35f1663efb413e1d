/**
 * A gateway on a real port with real upstream servers, and the contracts around it kept by small
 * fakes in memory.
 *
 * @module
 */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { eventSchema } from "@/core/event/event.ts";
import { createGateway, type Gateway, type GatewayPorts } from "@/core/gateway/gateway.ts";
import type { KeyVerifier } from "@/core/identity/contract.ts";
import type { EventDraft, LogWriter, Payload } from "@/core/log/contract.ts";
import { providerRoutes } from "@/routes/(_api)/providers.ts";
import type { CallData } from "@/core/event/call.ts";
import { standingConnections } from "@/tools/web/standing_connections.ts";

export const projectKey = `wl_live_${"a1".repeat(6)}_${"s3".repeat(21)}x`;

export type CallDraft = Extract<EventDraft, { data: CallData }>;

export interface Recorded {
  readonly event: CallDraft;
  readonly payloads: Readonly<Record<string, Payload>>;
}

/** A log in memory. `hold` keeps appends waiting until `release`; `failing` rejects them. */
export class MemoryLog implements LogWriter {
  readonly records: Recorded[] = [];
  failing = false;
  #held: (() => void)[] | null = null;

  get pending() {
    return { events: this.#held?.length ?? 0, bytes: 0 };
  }

  hold(): void {
    this.#held = [];
  }

  release(): void {
    const waiting = this.#held ?? [];
    this.#held = null;
    for (const go of waiting) go();
  }

  async append(event: EventDraft, payloads: Readonly<Record<string, Payload>> = {}) {
    const held = this.#held;
    if (held) await new Promise<void>((resolve) => held.push(resolve));
    await Promise.resolve();
    if (this.failing) throw new Error("The disk is full");
    // What the log would refuse must not pass here either.
    eventSchema.parse(event);
    // The gateway writes call events only.
    this.records.push({ event: event as CallDraft, payloads });
    return { id: event.id, position: { partition: 0, versionstamp: "0".repeat(20), index: 0 } };
  }

  async close() {}

  /** The only record. */
  get only(): Recorded {
    const [record, ...more] = this.records;
    if (!record || more.length > 0) throw new Error(`There are ${this.records.length} records`);
    return record;
  }
}

const memoryKeys: KeyVerifier = {
  verify: (presented) =>
    presented === projectKey ? { project: "p1", keyId: "a1a1a1a1a1a1", environment: "live" } : null,
};

export interface Running extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly log: MemoryLog;
  readonly url: string;
  readonly port: number;
  readonly warnings: string[];
}

export interface RunOptions {
  readonly upstreams?: Record<string, string>;
  readonly providerKeys?: Record<string, string>;
  readonly durability?: "strict" | "relaxed";
  readonly maxBody?: number;
  readonly timeout?: number;
  readonly ports?: Partial<GatewayPorts>;
}

/** Starts a gateway. Providers without an upstream here would be called in earnest: name them all. */
export function runGateway(options: RunOptions = {}): Running {
  const log = new MemoryLog();
  const warnings: string[] = [];
  const gateway = createGateway({
    config: {
      upstreams: new Map(
        Object.entries(options.upstreams ?? {}).map(([name, url]) => [name, new URL(url)]),
      ),
      providerKeys: new Map(Object.entries(options.providerKeys ?? {})),
      WATCHLLM_DURABILITY: options.durability ?? "strict",
      WATCHLLM_MAX_BODY_BYTES: options.maxBody ?? 10 * 1024 * 1024,
      WATCHLLM_UPSTREAM_TIMEOUT_MS: options.timeout ?? 10_000,
    },
    keys: memoryKeys,
    log,
    standingConnections,
    warn: (message, details) => warnings.push(`${message} ${JSON.stringify(details)}`),
    ...options.ports,
  });
  const others = providerRoutes();
  const server = Deno.serve(
    {
      port: 0,
      hostname: "127.0.0.1",
      onListen() {},
      // A stream that we end abnormally on purpose arrives here too.
      onError: () => new Response(null, { status: 500 }),
    },
    (request, info) =>
      gateway.handles(request.url) ? gateway.handle(request, info) : others.fetch(request),
  );
  return {
    gateway,
    log,
    warnings,
    port: server.addr.port,
    url: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await gateway.close();
    },
  };
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  /** Names (lower case) and values in turn, as they came on the wire. */
  readonly rawHeaders: readonly string[];
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Uint8Array;
}

export interface Upstream extends AsyncDisposable {
  readonly url: string;
  readonly seen: Seen[];
  /** Connections that ended before their answer did. */
  readonly left: number;
}

type Answer = (request: Seen, response: http.ServerResponse) => void;

/** A provider on a real port. */
export async function runUpstream(answer: Answer): Promise<Upstream> {
  const seen: Seen[] = [];
  let left = 0;
  const server = http.createServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    request.on("end", () => {
      const one = {
        method: request.method ?? "",
        path: request.url ?? "",
        rawHeaders: request.rawHeaders,
        headers: request.headers,
        body: new Uint8Array(chunks.flatMap((chunk) => [...chunk])),
      };
      seen.push(one);
      response.on("error", () => {});
      response.on("close", () => {
        if (!response.writableFinished) left++;
      });
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    get left() {
      return left;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Answers with JSON. */
export function json(response: http.ServerResponse, body: unknown, status = 200): void {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": bytes.length,
  });
  response.end(bytes);
}

/** Polls until a condition holds. */
export async function eventually(
  condition: () => boolean,
  what: string,
  milliseconds = 120_000,
): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`Waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export const chatAnswer = {
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "gpt-4o-2024-08-06",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
  usage: {
    prompt_tokens: 2_000,
    completion_tokens: 300,
    total_tokens: 2_300,
    prompt_tokens_details: { cached_tokens: 1_500 },
  },
};

/** A request as an SDK would send it, with the project key where `headers` does not say otherwise. */
export function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = { authorization: `Bearer ${projectKey}` },
): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}
