/**
 * One pass over a request's headers: which go on to the provider, which carry credentials, which say
 * what the call belongs to. What is meant for the gateway never reaches a provider.
 *
 * @module
 */
import { cacheHeaders } from "../cache/option_table.ts";
import type { RawHeader } from "../cache/options.ts";
import { gatewayKeyHeaders, withoutScheme } from "../identity/key_headers.ts";
import {
  addProperty,
  attributeHeaders,
  type Attributes,
  headerText,
  noAttributes,
  propertyPrefixes,
} from "./attributes.ts";
import { keepsRequestHeader } from "./kept_headers.ts";
import type { AuthHeader } from "./providers/provider.ts";
import { routingHeaders } from "./routing/headers.ts";

/** A request's headers, sorted out. */
export interface ReadHeaders {
  /** Names and values in turn, as `node:http` takes them; credentials are not among them. */
  readonly forward: string[];
  readonly attributes: Attributes;
  /** The standard places of a key, as they were sent. */
  readonly credentials: Partial<Record<AuthHeader, string>>;
  /** A project key in a header of its own: then `credentials` are the provider's. */
  gatewayKey: string | null;
  contentType: string | null;
  contentLength: number | null;
  acceptEncoding: string | null;
  anthropicVersion: boolean;
  /** The protocol that the client would rather speak. */
  upgrade: string | null;
  /** Names of headers that are for the next hop alone, as `connection` lists them. */
  hops: string | null;
  /** A limit that the request brings itself, in Helicone's form. */
  limitPolicy: string | null;
  /** A peer's header that names the provider by its address. */
  address: { readonly name: string; readonly value: string } | null;
  /** What the request says about the cache, unread; null for nothing. */
  cache: RawHeader[] | null;
  /** What it says about its route, unread; null for nothing. */
  routing: RawHeader[] | null;
  /** Names and values in turn of those that are kept with the event; null for none. */
  kept: string[] | null;
}

type Rule = (to: ReadHeaders, value: string, name: string) => void;

const drop: Rule = () => {};
const forward: Rule = (to, value, name) => {
  to.forward.push(name, value);
};
const credential: Rule = (to, value, name) => {
  // The table below gives this rule to the names of AuthHeader only.
  to.credentials[name as AuthHeader] = value;
};
const gatewayKey: Rule = (to, value) => {
  to.gatewayKey ??= withoutScheme(value);
};

const address: Rule = (to, value, name) => {
  to.address ??= { name, value: value.trim() };
};

/** Prefixes of headers that speak to a gateway: ours and the peers'. */
const gatewayPrefixes = [
  "x-watchllm-",
  "helicone-",
  "cf-aig-",
  "x-portkey-",
  "x-litellm-",
  "x-bf-",
  "x-forwarded-",
  "proxy-",
] as const;

/** Hop-by-hop headers, those that we write ourselves, and those that speak of the client's network. */
const dropped = [
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "http2-settings",
  "expect",
  "host",
  "cookie",
  "forwarded",
  "via",
  "x-real-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-original-forwarded-for",
  "x-envoy-external-address",
  "true-client-ip",
  "fastly-client-ip",
  "fly-client-ip",
  // Providers that stand behind Cloudflare themselves refuse requests that seem to come from there.
  "cdn-loop",
  "cf-connecting-ip",
  "cf-connecting-ipv6",
  "cf-pseudo-ipv4",
  "cf-ipcountry",
  "cf-ray",
  "cf-visitor",
  "cf-worker",
  "cf-ew-via",
] as const;

const named: readonly (readonly [string, Rule])[] = [
  ...dropped.map((name) => [name, drop] as const),
  ["connection", (to, value) => {
    if (value !== "keep-alive" && value !== "close") to.hops = value;
  }],
  ["upgrade", (to, value) => {
    to.upgrade = value.toLowerCase();
  }],
  ["authorization", credential],
  ["x-api-key", credential],
  ["x-goog-api-key", credential],
  ["api-key", credential],
  ...gatewayKeyHeaders.map((name) => [name, gatewayKey] as const),
  ["helicone-target-url", address],
  ["helicone-openai-api-base", address],
  ["x-portkey-custom-host", address],
  ["content-length", (to, value) => {
    to.contentLength = Number(value);
  }],
  ["content-type", (to, value, name) => {
    to.contentType = value;
    to.forward.push(name, value);
  }],
  ["accept-encoding", (to, value) => {
    to.acceptEncoding = value;
  }],
  ["helicone-ratelimit-policy", (to, value) => {
    to.limitPolicy = value;
  }],
  ["anthropic-version", (to, value, name) => {
    to.anthropicVersion = true;
    to.forward.push(name, value);
  }],
];

/** Rules by name. Names not seen before are classified once; the bound keeps strangers from filling it. */
const rules = new Map(named.map(([name, rule]) => [name, alsoKept(name, rule)]));
const rulesKept = 2_000;
const longestKept = 100;

/** Sorts a request's headers out. */
export function readHeaders(headers: Headers): ReadHeaders {
  const read: ReadHeaders = {
    forward: [],
    attributes: noAttributes(),
    credentials: {},
    gatewayKey: null,
    contentType: null,
    contentLength: null,
    acceptEncoding: null,
    anthropicVersion: false,
    upgrade: null,
    hops: null,
    limitPolicy: null,
    address: null,
    cache: null,
    routing: null,
    kept: null,
  };
  // `forEach` and not `for … of`: the iterator of Headers costs many times as much.
  headers.forEach((value, name) => (rules.get(name) ?? classify(name))(read, value, name));
  return read.hops === null ? read : { ...read, forward: withoutHops(read.forward, read.hops) };
}

/** What a client's proxy said to this hop is not for the next one. */
function withoutHops(forward: readonly string[], listed: string): string[] {
  const hops = new Set(listed.toLowerCase().split(",").map((name) => name.trim()));
  return forward.flatMap((name, i) =>
    i % 2 === 0 && !hops.has(name) ? [name, forward[i + 1] ?? ""] : []
  );
}

function classify(name: string): Rule {
  const rule = alsoKept(name, ruleOf(name));
  if (rules.size < rulesKept && name.length <= longestKept) rules.set(name, rule);
  return rule;
}

function alsoKept(name: string, rule: Rule): Rule {
  if (!keepsRequestHeader(name)) return rule;
  return (to, value) => {
    (to.kept ??= []).push(name, value);
    rule(to, value, name);
  };
}

function ruleOf(name: string): Rule {
  const rule = cacheRuleOf(name);
  if (!Object.hasOwn(routingHeaders, name)) return rule;
  return (to, value) => {
    (to.routing ??= []).push([name, value]);
    rule(to, value, name);
  };
}

function cacheRuleOf(name: string): Rule {
  const rule = plainRuleOf(name);
  if (!Object.hasOwn(cacheHeaders, name)) return rule;
  // What a client asks of caches on its way is the gateway's to answer, not the provider's.
  const alsoFor = name === "cache-control" ? drop : rule;
  return (to, value) => {
    (to.cache ??= []).push([name, value]);
    alsoFor(to, value, name);
  };
}

function plainRuleOf(name: string): Rule {
  // `Object.hasOwn`: a header named "constructor" is no attribute.
  const apply = Object.hasOwn(attributeHeaders, name) ? attributeHeaders[name] : undefined;
  if (apply) {
    // The trace context goes on: it is the client's and means something to the provider as well.
    const alsoForward = name === "traceparent";
    return (to, value) => {
      apply(to.attributes, value);
      if (alsoForward) to.forward.push(name, value);
    };
  }
  const prefix = propertyPrefixes.find((start) => name.startsWith(start));
  if (prefix) {
    const property = name.slice(prefix.length);
    return (to, value) => addProperty(to.attributes, property, headerText(value));
  }
  return gatewayPrefixes.some((start) => name.startsWith(start)) ? drop : forward;
}
