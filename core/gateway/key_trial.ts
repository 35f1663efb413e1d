/**
 * Tries a provider key at the provider itself, with a request that costs nothing, and says what came
 * back. Nothing of the key is in what it says.
 *
 * @module
 */
import { AppError } from "../error.ts";
import type { Credential, OpenedKey } from "../vault/types.ts";
import { Addresses, joinPath } from "./addresses.ts";
import {
  baseOf,
  credentialHeaders,
  type CredentialSources,
  signable,
  signerOf,
} from "./credentials.ts";
import { readErrorBody } from "./formats/error.ts";
import { fields, parseJson } from "../json.ts";
import type { Head } from "./plan.ts";
import type { AddressRules } from "./providers/address_rules.ts";
import type { KeyCheck, Provider } from "./providers/provider.ts";
import { rawHeader } from "./raw_headers.ts";
import { scrub } from "./scrub.ts";
import { GoogleTokens } from "./signing/google.ts";
import type { Target } from "./target.ts";
import { reasonOf, Upstream } from "./upstream.ts";

/** What a trial showed. */
export interface TrialResult {
  /**
   * `accepted`: the key is right; `refused`: 401 or 403; `limited`: right, but it may not be used now;
   * `unexpected`: the answer says neither; `unreachable`: there was none.
   */
  readonly outcome: "accepted" | "refused" | "limited" | "unexpected" | "unreachable";
  readonly status: number | null;
  /** A sentence for people: ours, or the provider's without anything that looks like a key. */
  readonly message: string;
  /** How many models the provider listed; null when it was not asked for them. */
  readonly models: number | null;
  readonly latency_ms: number;
}

export interface KeyTrialPorts {
  readonly upstreams: ReadonlyMap<string, URL>;
  readonly rules: AddressRules;
  readonly fetch: typeof fetch;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** How long the provider may take, in milliseconds. @default {15_000} */
  readonly timeout?: number;
}

export interface KeyTrial {
  try(provider: Provider, key: OpenedKey["usable"]): Promise<TrialResult>;
  close(): Promise<void>;
}

const mostBytes = 1024 * 1024;

/** Nothing is opened before the first trial. */
export function createKeyTrial(ports: KeyTrialPorts): KeyTrial {
  const upstream = new Upstream(ports.rules);
  const sources = {
    addresses: new Addresses(ports.upstreams),
    aws: null,
    tokens: new GoogleTokens(ports.fetch),
    clock: ports.clock,
  };

  return {
    async try(provider, key) {
      const started = ports.now();
      const result = await attempt(provider, key);
      return { ...result, latency_ms: Math.round(ports.now() - started) };
    },
    async close() {
      await upstream.close();
    },
  };

  async function attempt(
    provider: Provider,
    key: OpenedKey["usable"],
  ): Promise<Omit<TrialResult, "latency_ms">> {
    const check = checkOf(provider, key.credential);
    try {
      const target = await targetOf(provider, key, check, sources);
      const { head, body } = await ask(upstream, check.method, target, ports.timeout ?? 15_000);
      key.report(head.status, rawHeader(head.raw, "retry-after"));
      return judged(check, head.status, body, key.credential);
    } catch (error) {
      if (error instanceof AppError && error.code === "provider_sign_in_failed") {
        return { outcome: "refused", status: null, message: error.message, models: null };
      }
      const reason = error instanceof AppError ? error.message : reasonOf(asError(error));
      const message = `The provider could not be reached: ${reason}`;
      return { outcome: "unreachable", status: null, message, models: null };
    }
  }
}

function checkOf(provider: Provider, credential: Credential): KeyCheck {
  const check = provider.check;
  if (credential.kind === "service_account" && check?.method === "POST") {
    const project = `/v1/projects/${encodeURIComponent(credential.project_id)}/locations/global`;
    return { ...check, path: check.path.replace(/^\/v1/, project) };
  }
  return check ??
    { method: "GET", path: `${provider.openaiBase ?? provider.anthropicBase ?? "/v1beta"}/models` };
}

async function targetOf(
  provider: Provider,
  key: OpenedKey["usable"],
  check: KeyCheck,
  sources: Pick<CredentialSources, "addresses" | "aws" | "tokens" | "clock">,
): Promise<Target> {
  const { credential } = key;
  const base = baseOf(provider, credential, check.path, sources.addresses);
  const path = signable(joinPath(base.prefix, check.path), credential);
  const body = check.method === "POST" ? new TextEncoder().encode(check.body) : null;
  const contentType = body ? "application/json" : null;
  const sign = signerOf(
    { credential, key },
    { method: check.method, base, path, contentType, body },
    sources,
  );
  const headers = [
    ...["host", base.host, "accept", "application/json", "accept-encoding", "identity"],
    ...(contentType ? ["content-type", contentType] : []),
    ...(check.method === "GET" ? check.headers ?? [] : []),
    ...(provider.headers ?? []),
    ...credentialHeaders({ own: [], credential }, provider, check.path),
    ...(sign ? await sign() : []),
  ];
  return { base, path, headers, body, stripUsage: false };
}

function ask(
  upstream: Upstream,
  method: string,
  target: Target,
  timeout: number,
): Promise<{ readonly head: Head; readonly body: Uint8Array }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ head: Head; body: Uint8Array }>();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let head: Head | null = null;
  const finish = () =>
    head && resolve({ head, body: new Uint8Array(chunks.flatMap((c) => [...c])) });
  const sent = upstream.send(method, target, {
    onHead: (told) => {
      head = told;
    },
    onChunk: (chunk) => {
      bytes += chunk.length;
      if (bytes <= mostBytes) chunks.push(chunk);
      else {
        finish();
        sent.destroy();
      }
    },
    onEnd: finish,
    onError: (error) => reject(error),
  });
  const timer = setTimeout(() => {
    reject(new Error("it did not answer in time"));
    sent.destroy();
  }, timeout);
  return promise.finally(() => clearTimeout(timer));
}

function judged(
  check: KeyCheck,
  status: number,
  body: Uint8Array,
  credential: Credential,
): Omit<TrialResult, "latency_ms"> {
  const answer = parseJson(new TextDecoder().decode(body));
  if (status < 300) {
    const models = check.method === "GET" ? countModels(answer) : null;
    return { outcome: "accepted", status, message: "The key is right.", models };
  }
  const told = withoutSecrets(readErrorBody(answer)?.message ?? "", credential);
  if (status === 401 || status === 403) {
    const message = told || "The provider refused the key.";
    return { outcome: "refused", status, message, models: null };
  }
  if (status === 429) {
    const message = told || "The key is right, and at its limit.";
    return { outcome: "limited", status, message, models: null };
  }
  if (check.method === "POST" && status < 500) {
    return { outcome: "accepted", status, message: "The key is right.", models: null };
  }
  const message = told || `The provider answered ${status}.`;
  return { outcome: "unexpected", status, message, models: null };
}

function countModels(answer: unknown): number | null {
  const { data, models } = fields(answer);
  const list = Array.isArray(answer) ? answer : data ?? models;
  return Array.isArray(list) ? list.length : null;
}

/** Providers repeat keys, whole or in part: what looks like one goes, and this one in any form. */
function withoutSecrets(message: string, credential: Credential): string {
  let clean = message;
  for (const value of Object.values(credential)) {
    if (typeof value !== "string" || value.length < 8) continue;
    clean = clean.replaceAll(value, "[key]");
  }
  return scrub(clean).slice(0, 500);
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error("unknown");
}
