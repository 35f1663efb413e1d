/**
 * Where providers are: their own hosts, what `WATCHLLM_UPSTREAM_<PROVIDER>` puts in their place, or what
 * a provider's key says.
 *
 * @module
 */
import { Recent } from "../recent.ts";
import type { Provider } from "./providers/provider.ts";
import type { Base } from "./target.ts";

export class Addresses {
  readonly #upstreams: ReadonlyMap<string, URL>;
  readonly #bases = new Recent<Base>(1_000);

  constructor(upstreams: ReadonlyMap<string, URL>) {
    this.#upstreams = upstreams;
  }

  /** Whether the user set an address for the provider. */
  isReplaced(provider: Provider): boolean {
    return this.#upstreams.has(provider.name);
  }

  /** The provider's address for a path; null when it has none of its own and none was set. */
  baseFor(provider: Provider, path: string): Base | null {
    const address = this.#upstreams.get(provider.name)?.href ?? provider.origin(path);
    return address === null ? null : this.#at(address, provider.registered ?? false);
  }

  /** An address that a provider's key brings with it. */
  named(address: string): Base {
    return this.#at(address, true);
  }

  #at(address: string, guarded: boolean): Base {
    const known = this.#bases.get(address);
    if (known && (known.guarded ?? false) === guarded) return known;
    const base: Base = { ...baseOf(new URL(address)), ...(guarded && { guarded }) };
    this.#bases.set(address, base);
    return base;
  }
}

function baseOf({ protocol, hostname, port, host, pathname }: URL): Base {
  const secure = protocol === "https:";
  return {
    secure,
    // URL writes an IPv6 address in brackets, sockets take it without.
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (secure ? 443 : 80) : Number(port),
    host,
    prefix: pathname.replace(/\/+$/, ""),
  };
}

/**
 * Puts a base's path before a provider's path. What stands at the end of one and the beginning of
 * the other is written once: `http://host/v1` is a common way to write a base URL.
 *
 * @example
 * ```ts
 * import { joinPath } from "@/core/gateway/addresses.ts";
 * import { expect } from "expect";
 *
 * expect(joinPath("", "/v1/models")).toBe("/v1/models");
 * expect(joinPath("/openai", "/v1/models")).toBe("/openai/v1/models");
 * expect(joinPath("/openai/v1", "/v1/models")).toBe("/openai/v1/models");
 * ```
 */
export function joinPath(prefix: string, path: string): string {
  if (prefix === "") return path;
  for (let at = 0; at !== -1; at = prefix.indexOf("/", at + 1)) {
    const end = prefix.slice(at);
    if (path === end || path.startsWith(`${end}/`)) return prefix.slice(0, at) + path;
  }
  return prefix + path;
}
