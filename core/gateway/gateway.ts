/**
 * The gateway: a short list of stages that every call goes through, and the promise that each call
 * with a valid key ends in exactly one event.
 *
 * @module
 */
import type { Config } from "../config.ts";
import { AppError, isTooDeep } from "../error.ts";
import type { KeyVerifier } from "../identity/contract.ts";
import type { LogWriter } from "../log/contract.ts";
import type { Vault } from "../vault/types.ts";
import { Addresses } from "./addresses.ts";
import { failureHead } from "./answer_head.ts";
import type { Call, Stage } from "./call.ts";
import { type CachePorts, caching } from "./caching/caching.ts";
import { choose } from "./choose.ts";
import { Client, type Peer } from "./client.ts";
import { type ConnectionPorts, Connections } from "./connections.ts";
import { Deadlines } from "./deadlines.ts";
import { errorResponse } from "./error_shape.ts";
import { eventIds } from "./event_id.ts";
import { forward } from "./forward.ts";
import { readHeaders } from "./headers.ts";
import { identify } from "./identify.ts";
import type { Limiting } from "./limiting.ts";
import { refuseUnforwardable } from "./not_forwarded.ts";
import { ClientLeft, discardBody, readBody } from "./read_body.ts";
import { knownProviders } from "./providers/project_providers.ts";
import { type PricesOf, Recorder } from "./record.ts";
import { isGatewayPath, routeOf } from "./route.ts";
import { Routing, type RoutingPorts } from "./routing/routing.ts";
import { type ProvidersOf, readSettings } from "./read_settings.ts";
import { GoogleTokens } from "./signing/google.ts";
import { Upstream } from "./upstream.ts";

/** The part of the configuration that the gateway uses. */
export type GatewayConfig =
  & Pick<
    Config,
    | "upstreams"
    | "providerKeys"
    | "WATCHLLM_DURABILITY"
    | "WATCHLLM_MAX_BODY_BYTES"
    | "WATCHLLM_UPSTREAM_TIMEOUT_MS"
  >
  & Partial<Pick<Config, "aws" | "allowPrivateUpstreams">>;

export interface GatewayPorts {
  readonly config: GatewayConfig;
  readonly keys: KeyVerifier;
  readonly log: LogWriter;
  /** The prices that projects have negotiated. @default {none} */
  readonly prices?: PricesOf;
  /** Stages between the choice of a target and the exchange with it. @default {none} */
  readonly stages?: readonly Stage[];
  /** Keys that projects keep for their providers. @default {none} */
  readonly vault?: Pick<Vault, "keysOf">;
  /** What projects say of providers. @default {nothing} */
  readonly providers?: ProvidersOf;
  /** How access tokens are asked for. @default {fetch} */
  readonly fetch?: typeof fetch;
  /** Stored answers. @default {none} */
  readonly cache?: CachePorts;
  /** How projects route their calls. @default {as the calls themselves say} */
  readonly routing?: NonNullable<RoutingPorts["settings"]>;
  /** From 0 up to 1. @default {Math.random} */
  readonly random?: () => number;
  /** What projects may use. @default {everything} */
  readonly limits?: Limiting;
  /** The ports to which connections stand, where the system tells. @default {it does not} */
  readonly standingConnections?: ConnectionPorts["standing"];
  /** Told of what an operator should know; never of a secret or a payload. */
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
  /** Milliseconds since 1970. @default {Date.now} */
  readonly clock?: () => number;
  /** Monotonic milliseconds. @default {performance.now} */
  readonly monotonic?: () => number;
  /** Makes event ids. @default {ULIDs} */
  readonly newId?: (at: number) => string;
  /** How long a client may pause while it sends its body, in milliseconds. @default {30_000} */
  readonly bodyTimeout?: number;
}

export interface Gateway {
  /** Whether a request is the gateway's, by its path. */
  handles(url: string): boolean;
  /** Answers a request whose path the gateway handles. Never rejects. */
  handle(request: Request, peer?: Peer): Promise<Response>;
  /** Calls that were answered but that the log refused. */
  readonly unrecorded: number;
  /** Calls that are being answered now. */
  readonly open: number;
  /** Ends the calls that are being answered, each with its event: their providers are let go. */
  stop(): void;
  /** Waits for events on their way, then closes the connections to providers. */
  close(): Promise<void>;
}

/** Builds the gateway from its ports. Nothing is opened before the first call. */
export function createGateway(ports: GatewayPorts): Gateway {
  const { config, keys, log, warn } = ports;
  const now = ports.monotonic ?? (() => performance.now());
  const clock = ports.clock ?? (() => Date.now());
  const newId = ports.newId ?? eventIds((bytes) => crypto.getRandomValues(bytes));
  const rules = { allowPrivate: config.allowPrivateUpstreams ?? false };
  const upstream = new Upstream(rules);
  const deadlines = new Deadlines(now);
  const connections = new Connections({ standing: ports.standingConnections ?? null, now });
  const recorder = new Recorder({ log, now, prices: ports.prices, warn });
  const strict = config.WATCHLLM_DURABILITY === "strict";
  const streams = new Set<unknown>();
  const timeouts = {
    firstByte: config.WATCHLLM_UPSTREAM_TIMEOUT_MS,
    idle: config.WATCHLLM_UPSTREAM_TIMEOUT_MS,
    total: Infinity,
  };
  const routing = new Routing({
    settings: ports.routing,
    log,
    prices: ports.prices,
    clock,
    now,
    random: ports.random ?? Math.random,
    timeouts,
    warn,
  });
  let open = 0;

  const stages: readonly Stage[] = [
    identify(keys),
    refuseUnforwardable,
    readSettings({ vault: ports.vault, providers: ports.providers, rules, warn }),
    readPrices(ports.prices),
    readBody(
      { bytes: config.WATCHLLM_MAX_BODY_BYTES, milliseconds: ports.bodyTimeout ?? 30_000 },
      deadlines,
      now,
    ),
    choose({
      addresses: new Addresses(config.upstreams),
      providerKeys: config.providerKeys,
      aws: config.aws ?? null,
      tokens: new GoogleTokens(ports.fetch ?? fetch),
      clock,
    }, routing),
    ...(ports.limits ? [ports.limits.requests] : []),
    ...ports.stages ?? [],
    ...(ports.cache
      ? [caching({ ...ports.cache, recorder, now, clock, strict, streams, warn })]
      : []),
    ...(ports.limits ? [ports.limits.spending] : []),
    forward({
      upstream,
      recorder,
      deadlines,
      now,
      timeouts,
      strict,
      streams,
      warn,
    }),
  ];

  async function handle(request: Request, peer: Peer | null = null): Promise<Response> {
    const started = now();
    const client = new Client(request.signal, peer, connections, started);
    const call = newCall(request, client, clock(), started, newId);
    open++;
    try {
      for (const stage of stages) {
        const result = stage(call);
        const response = result instanceof Promise ? await result : result;
        if (response) return response;
      }
      throw new Error("No stage answered the call");
    } catch (error) {
      return await answerError(call, error);
    } finally {
      open--;
    }
  }

  async function answerError(call: Call, thrown: unknown): Promise<Response> {
    discardBody(call);
    const left = thrown instanceof ClientLeft;
    const error = thrown instanceof AppError
      ? thrown
      : new AppError(isTooDeep(thrown) ? "json_too_deep" : "internal");
    if (error.code === "internal" && !left) {
      warn("A call failed inside the gateway", { event_id: call.id, reason: stackOf(thrown) });
    }
    if (call.project && !call.recorded) {
      call.recorded = true;
      const finished = await recorder.finish(
        call,
        left ? { how: "left", status: null } : { how: "failed", status: error.status, error },
      );
      const appended = recorder.append(finished);
      if (strict) await appended;
    }
    return errorResponse(call.route.dialect, error, call.id, failureHead(call, now()));
  }

  return {
    handles: (url) => isGatewayPath(pathOf(url).path),
    handle,
    get unrecorded() {
      return recorder.unrecorded;
    },
    get open() {
      return open + streams.size;
    },
    stop: () => connections.stop(new AppError("server_stopping")),
    async close() {
      await recorder.drain();
      deadlines.close();
      await connections.close();
      await upstream.close();
    },
  };
}

/** Stage: has the project's prices read beside the call, so that they are there when it ends. */
function readPrices(prices: PricesOf | undefined): Stage {
  return function readPricesOfCall({ project }) {
    const reading = project && prices?.(project.project);
    // The recorder asks again and says what failed.
    if (reading instanceof Promise) reading.catch(() => {});
    return null;
  };
}

function newCall(
  request: Request,
  client: Client,
  at: number,
  started: number,
  newId: (at: number) => string,
): Call {
  const { path, query } = pathOf(request.url);
  const headers = readHeaders(request.headers);
  const route = routeOf(path, query, headers);
  return {
    id: newId(at),
    at,
    started,
    request,
    client,
    method: request.method,
    route,
    headers,
    project: null,
    clientAuth: null,
    ownCredentials: false,
    query,
    keys: null,
    providers: knownProviders,
    body: new Uint8Array(),
    json: undefined,
    bodyWait: 0,
    askedModel: route.operation.model ?? "",
    credentialsFor: null,
    provider: route.provider,
    model: route.operation.model ?? "",
    stream: route.operation.stream,
    bodyUser: null,
    target: null,
    plan: null,
    audience: null,
    observers: [],
    onFinished: [],
    cacheStatus: "BYPASS",
    limits: [],
    answerHeaders: [],
    attempts: [],
    sentAt: null,
    answer: null,
    recorded: false,
  };
}

/** Path and query of an absolute URL, without the cost of parsing it. */
function pathOf(url: string): { path: string; query: string } {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  if (start === -1) return { path: "/", query: "" };
  const question = url.indexOf("?", start);
  const path = question === -1 ? url.slice(start) : url.slice(start, question);
  return { path, query: question === -1 ? "" : url.slice(question) };
}

/** Where an unexpected error came from, without its message's values. */
function stackOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.stack ?? ""}`.slice(0, 1_000) : "unknown";
}
