/**
 * What turns a project's choice of an embedder into one that can be asked: a provider with the key that
 * the gateway has for it, a server by its address, or a model on this machine by the name that the
 * operator gave it. Requests go out as calls do, under the same rules for addresses.
 *
 * @module
 */
import type { CacheSettings, EmbedderSettings } from "../../cache/settings.ts";
import type { Embedder } from "../../cache/semantic/embed/embedder.ts";
import { httpEmbedder } from "../../cache/semantic/embed/http_embedder.ts";
import type { OnnxModels } from "../../cache/semantic/embed/onnx/models.ts";
import type { FieldProblem } from "../../field_problem.ts";
import type { KeyRing, UsableKey } from "../../vault/types.ts";
import { Addresses, joinPath } from "../addresses.ts";
import { baseOf, credentialHeaders } from "../credentials.ts";
import type { Head } from "../plan.ts";
import { addressProblem, type AddressRules } from "../providers/address_rules.ts";
import type { Provider } from "../providers/provider.ts";
import { providerNamed } from "../providers/table.ts";
import { Upstream } from "../upstream.ts";

export interface EmbedderPorts {
  /** Addresses that stand in providers' places. */
  readonly upstreams: ReadonlyMap<string, URL>;
  /** Provider keys by name: `openai` of `OPENAI_API_KEY`. */
  readonly providerKeys: ReadonlyMap<string, string>;
  /** The keys of a project's vault. */
  readonly keysOf: (project: string) => KeyRing | Promise<KeyRing>;
  readonly rules: AddressRules;
  /** Models on this machine. They stay the caller's. */
  readonly onnx: OnnxModels;
}

/** What of a project's settings this installation does not allow. */
export function cacheProblems(
  { semantic: { embedder } }: CacheSettings,
  rules: AddressRules,
  onnx: Pick<OnnxModels, "names">,
): FieldProblem[] {
  if (embedder.kind === "embedded") return [];
  if (embedder.kind === "onnx") {
    if (onnx.names.includes(embedder.model)) return [];
    const expected = onnx.names.length === 0
      ? "must name a model, and none is configured here (WATCHLLM_ONNX_<NAME>)"
      : `must be one of ${onnx.names.join(", ")}`;
    return [{ field: "semantic.embedder.model", expected }];
  }
  if (embedder.kind === "http") {
    const expected = addressProblem(embedder.base_url, rules);
    return expected === null ? [] : [{ field: "semantic.embedder.base_url", expected }];
  }
  if (providerNamed(embedder.provider)?.openaiBase) return [];
  const expected = "must be a provider with an OpenAI-compatible API, e.g. openai";
  return [{ field: "semantic.embedder.provider", expected }];
}

export interface Embedders {
  /** Null when the choice leads nowhere. */
  of(project: string, settings: EmbedderSettings): Embedder | null;
  close(): Promise<void>;
}

/** Most bytes of an answer: some hundred vectors as text. */
const mostBytes = 16 * 1024 * 1024;

export function createEmbedders(ports: EmbedderPorts): Embedders {
  const upstream = new Upstream(ports.rules);
  const addresses = new Addresses(ports.upstreams);

  function of(project: string, settings: EmbedderSettings): Embedder | null {
    if (settings.kind === "embedded") return null;
    if (settings.kind === "onnx") return ports.onnx.of(settings.model);
    return settings.kind === "http" ? ofAddress(settings) : ofProvider(project, settings);
  }

  function ofAddress(
    { base_url, model, dimensions }: Extract<EmbedderSettings, { kind: "http" }>,
  ): Embedder | null {
    if (addressProblem(base_url, ports.rules) !== null) return null;
    return httpEmbedder({
      baseUrl: base_url,
      model,
      ...(dimensions !== undefined && { dimensions }),
      fetch: (url, init) => {
        const { origin, pathname } = new URL(String(url));
        return send(upstream, addresses.named(origin), pathname, init, []);
      },
    });
  }

  function ofProvider(
    project: string,
    { provider: name, model, dimensions }: Extract<EmbedderSettings, { kind: "provider" }>,
  ): Embedder | null {
    const provider = providerNamed(name);
    if (!provider?.openaiBase) return null;
    const path = `${provider.openaiBase}/embeddings`;
    return httpEmbedder({
      // Names the vectors; where the request goes is decided for each.
      baseUrl: `https://${provider.name}${provider.openaiBase}`,
      model,
      dimensions,
      fetch: async (_url, init) => {
        const keys = await ports.keysOf(project);
        const key = keys.pick(provider.name);
        const credential = key?.credential ?? environmentKey(provider);
        const base = baseOf(provider, credential, path, addresses);
        const headers = credentialHeaders({ own: [], credential }, provider, path);
        const at = joinPath(base.prefix, path);
        const response = await send(upstream, base, at, init, headers);
        report(key, response);
        return response;
      },
    });
  }

  function environmentKey({ keyNames }: Provider) {
    for (const name of keyNames) {
      const key = ports.providerKeys.get(name);
      if (key !== undefined) return { kind: "api_key" as const, key };
    }
    return null;
  }

  return { of, close: () => upstream.close() };
}

function report(key: UsableKey | null, response: Response): void {
  key?.report(response.status, response.headers.get("retry-after"));
}

function send(
  upstream: Upstream,
  base: ReturnType<Addresses["named"]>,
  path: string,
  init: RequestInit | undefined,
  credentials: readonly string[],
): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const body = new TextEncoder().encode(String(init?.body ?? ""));
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let head: Head | null = null;
  const headers = [
    ...["host", base.host, "content-type", "application/json", "accept", "application/json"],
    ...["accept-encoding", "identity", ...credentials],
  ];
  const sent = upstream.send("POST", { base, path, headers, body, stripUsage: false }, {
    onHead: (told) => {
      head = told;
    },
    onChunk: (chunk) => {
      bytes += chunk.length;
      if (bytes <= mostBytes) {
        chunks.push(chunk);
        return;
      }
      sent.destroy();
      reject(new RangeError("The embedding server's answer is too long"));
    },
    onEnd: () => {
      const status = head?.status ?? 0;
      if (status < 200 || status > 599) reject(new Error("No answer"));
      // Chunks come from a socket, never from shared memory.
      else resolve(new Response(new Blob(chunks as Uint8Array<ArrayBuffer>[]), { status }));
    },
    onError: reject,
  });
  const onAbort = () => {
    sent.destroy();
    reject(init?.signal?.reason);
  };
  init?.signal?.addEventListener("abort", onAbort);
  return promise.finally(() => init?.signal?.removeEventListener("abort", onAbort));
}
