/**
 * Stage: answers from the cache where that is allowed. In turn: a stored answer from memory, one from
 * the store, the answer of an identical call on its way, a stored answer to the same question in other
 * words; else the provider is called and its answer kept.
 *
 * Guarantees: a store that is slow or down costs a few calls their deadline, then one in a second, and
 * never an answer; what a request says of the cache and cannot be read is refused, not passed over; a
 * call that cannot be cached pays for a look at its operation.
 *
 * @module
 */
import { AppError, isTooDeep } from "../../error.ts";
import type { CacheDecision, CacheReason } from "../../event/cache.ts";
import type { NearestKeys } from "../../cache/exact/nearest.ts";
import type { ExactStore } from "../../cache/exact/store.ts";
import { type Flight, Flights } from "../../cache/flights.ts";
import { readAnswerRef } from "../../cache/answer_texts.ts";
import { type CacheOptions, defaultOptions, readCacheOptions } from "../../cache/options.ts";
import type { SemanticCache, SemanticLookup } from "../../cache/semantic/contract.ts";
import type { CacheSettings } from "../../cache/settings.ts";
import type { Call, Stage } from "../call.ts";
import { userOf } from "../call_event.ts";
import type { AnswerFacts } from "../formats/format.ts";
import type { Head } from "../plan.ts";
import { type Asked, askedOf, isCacheable, semanticSettings } from "./asked.ts";
import { flightOf } from "./flight_name.ts";
import { semanticDecision } from "./decision.ts";
import { follow, type FollowPorts } from "./follower.ts";
import { answerHit, type Hit, hitOf, type HitPorts } from "./hit.ts";
import { explained, keepAnswer, type Learning } from "./keep.ts";
import { Rests } from "./rests.ts";
import { tell } from "./tell.ts";
import { within } from "./within.ts";

/** What the cache needs from outside of the gateway. */
export interface CachePorts {
  readonly store: ExactStore;
  readonly nearest: NearestKeys;
  readonly settings: (project: string) => CacheSettings | Promise<CacheSettings>;
  /** The semantic cache that finds with a project's embedder; null without one. */
  readonly semantic: (project: string, settings: CacheSettings) => SemanticCache | null;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Told of work that goes on after an answer. */
  readonly track?: (work: Promise<unknown>) => void;
  /** Told of every answer from the cache, so that feedback on it can be understood. */
  readonly onHit?: (project: string, event: string, decision: CacheDecision) => void;
}

export interface CachingPorts extends CachePorts, HitPorts, FollowPorts {}

/** So many lookups in turn may take too long; then the store is left alone for a while. */
const slowInTurn = 3;
const restMs = 1_000;
/** How long a call waits for a project's settings. */
const settingsWait = 100;

export function caching(ports: CachingPorts): Stage {
  const flights = new Flights<Head, AnswerFacts>();
  /** Projects whose similar questions took too long to find. */
  const rests = new Rests();
  let slow = 0;
  let restUntil = 0;

  function cacheCall(call: Call): Response | null | Promise<Response | null> {
    const options = call.headers.cache ? readCacheOptions(call.headers.cache) : defaultOptions;
    if (!isCacheable(call)) {
      if (options.onlyIfCached) throw new AppError("not_cached");
      return null;
    }
    const settings = ports.settings(call.project?.project ?? "");
    return settings instanceof Promise
      ? afterSettings(call, options, settings)
      : decide(call, options, settings);
  }

  async function afterSettings(
    call: Call,
    options: CacheOptions,
    reading: Promise<CacheSettings>,
  ): Promise<Response | null> {
    const settings = await within(settingsWait, reading);
    if (settings.kind === "done") return await decide(call, options, settings.value);
    return pass(call, options, settings.kind === "slow" ? "store_slow" : "store_failed");
  }

  function decide(
    call: Call,
    options: CacheOptions,
    settings: CacheSettings,
  ): Response | null | Promise<Response | null> {
    const asked = askedOrTooDeep(call, options, settings);
    if ("why" in asked) return pass(call, options, asked.why);
    if (!options.read) return miss(asked, "refresh", null, null);
    return stored(asked) ?? lookUp(asked);
  }

  /** No key is made of a body that is nested too deep; its provider may read it all the same. */
  function askedOrTooDeep(call: Call, options: CacheOptions, settings: CacheSettings) {
    try {
      return askedOf(call, options, settings, ports.random);
    } catch (error) {
      if (isTooDeep(error)) return { why: "not_cacheable" } as const;
      throw error;
    }
  }

  /** The cache takes no part. */
  function pass(call: Call, options: CacheOptions, reason: CacheReason): null {
    if (options.onlyIfCached) throw new AppError("not_cached");
    const decision: CacheDecision = { reason };
    tell(call, "BYPASS", decision, options);
    call.onFinished.push(({ data }) => {
      data.cache_decision = decision;
    });
    return null;
  }

  function answer(asked: Asked, hit: Hit): Response | Promise<Response> {
    ports.onHit?.(asked.project, asked.call.id, hit.decision);
    return answerHit(asked, hit, ports);
  }

  /** An answer from memory. */
  function stored(asked: Asked): Response | Promise<Response> | null {
    if (asked.notExact) return null;
    const found = ports.store.peek(asked.project, asked.key.hash);
    const hit = found && hitOf(asked, found, ports.clock);
    return hit && answer(asked, hit);
  }

  async function lookUp(asked: Asked): Promise<Response | null> {
    const { settings, notExact } = asked;
    if (notExact || !settings.coalesce) return await search(asked, null);
    const name = flightOf(asked);
    for (let flight = flights.get(name); flight; flight = flights.get(name)) {
      const begun = await flight.begun;
      const response = begun === "upstream" ? followed(asked, flight) : stored(asked);
      if (response) return await response;
      // Too much of it has passed to be joined: it is not waited for, and the next may join this one.
      if (begun === "upstream" && !flight.over) break;
    }
    const flight = flights.begin(name);
    try {
      const response = await search(asked, flight);
      if (response) flight.callOff();
      return response;
    } catch (error) {
      flight.callOff();
      throw error;
    }
  }

  function followed(asked: Asked, flight: Flight<Head, AnswerFacts>): Promise<Response> | null {
    const { call, key, options } = asked;
    const decision: CacheDecision = { reason: "coalesced", key: key.hash };
    const headers = call.answerHeaders.length;
    tell(call, "HIT-COALESCED", decision, options);
    const response = follow(call, flight, ports);
    if (!response) {
      call.cacheStatus = "BYPASS";
      call.answerHeaders.length = headers;
      return null;
    }
    call.onFinished.push(({ data }) => {
      data.cache_decision = decision;
    });
    return response;
  }

  /** Asks the store, then the semantic cache; null when the provider has to be called. */
  async function search(
    asked: Asked,
    flight: Flight<Head, AnswerFacts> | null,
  ): Promise<Response | null> {
    const exact = asked.notExact ? "off" as const : await fromStore(asked);
    if (typeof exact !== "string") return await exact.response;
    const similar = await fromSemantic(asked);
    if (similar?.response) return await similar.response;
    const reason = similar?.why ?? (exact === "off" ? asked.notExact ?? "absent" : exact);
    return miss(asked, reason, flight, similar);
  }

  type Answered = { readonly response: Response | Promise<Response> };

  async function fromStore(asked: Asked): Promise<Answered | CacheReason> {
    const { project, key, settings } = asked;
    if (ports.now() < restUntil) return "store_slow";
    const read = await within(
      settings.lookup_timeout_ms,
      ports.store.read(project, key.hash),
    );
    if (read.kind === "slow") {
      if (++slow >= slowInTurn) restUntil = ports.now() + restMs;
      return "store_slow";
    }
    slow = 0;
    if (read.kind === "failed") return "store_failed";
    if (typeof read.value === "string") return read.value;
    const hit = hitOf(asked, read.value, ports.clock);
    return hit ? { response: answer(asked, hit) } : "expired";
  }

  interface Similar {
    readonly response?: Response | Promise<Response>;
    /** Null when it did not come to an end. */
    readonly lookup: SemanticLookup | null;
    readonly learning: Learning | null;
    readonly why?: CacheReason;
  }

  async function fromSemantic(asked: Asked): Promise<Similar | null> {
    const { call, project, settings, semantic: mode } = asked;
    if (mode === "off") return null;
    const cache = ports.semantic(project, settings);
    if (!cache) return null;
    if (rests.isResting(project, ports.now())) return unknown(asked, "store_slow");
    const read = await within(
      settings.semantic.timeout_ms,
      cache.lookup({
        projectId: project,
        provider: asked.provider,
        endpoint: call.route.path,
        model: asked.model,
        body: asked.body,
        // Every part of the exact key that is no part of the body.
        variant: variantOf(asked),
        markedPii: isMarkedPii(call),
        user: userOf(call),
        settings: semanticSettings(asked),
      }),
    );
    if (read.kind === "slow") rests.wasSlow(project, ports.now());
    else rests.wasFine(project);
    if (read.kind !== "done") {
      return unknown(asked, read.kind === "slow" ? "store_slow" : "store_failed");
    }
    const lookup = read.value;
    if (lookup.kind === "ineligible") return { lookup, learning: null };
    if (lookup.kind === "bypass") {
      // Where the exact cache takes part, its own outcome stands.
      return { lookup, learning: null, ...(asked.notExact && { why: "store_failed" as const }) };
    }
    const learning = { cache, ticket: lookup.ticket };
    if (lookup.kind === "call") {
      return { lookup, learning, ...(lookup.verifying && { why: "verifying" as const }) };
    }
    const response = await served(asked, lookup);
    if (response) return { response, lookup, learning };
    const { scope } = lookup.ticket;
    cache.forget(scope.projectId, scope.partition, lookup.entryId).catch(() => {});
    return { lookup, learning: { cache, ticket: { ...lookup.ticket, wouldHit: null } } };
  }

  /** Where the exact cache takes part, its own outcome stands. */
  function unknown({ notExact }: Asked, why: CacheReason): Similar {
    return { lookup: null, learning: null, ...(notExact && { why }) };
  }

  /** Null when the stored answer is gone, too old, or not similar enough for this request. */
  async function served(
    asked: Asked,
    lookup: Extract<SemanticLookup, { kind: "serve" }>,
  ): Promise<Response | null> {
    const { options, project, settings } = asked;
    const { key, project: owner } = readAnswerRef(lookup.answerRef);
    if (owner !== project || lookup.similarity < (options.minSimilarity ?? 0)) return null;
    const found = ports.store.peek(project, key) ??
      await within(settings.lookup_timeout_ms, ports.store.read(project, key))
        .then((read) => read.kind === "done" && typeof read.value !== "string" ? read.value : null);
    const hit = found && hitOf(asked, found, ports.clock);
    if (!hit) return null;
    const decision: CacheDecision = {
      ...hit.decision,
      reason: "similar",
      similarity: lookup.similarity,
      semantic: semanticDecision(lookup),
    };
    return await answer(asked, { ...hit, status: "HIT-SEMANTIC", decision });
  }

  /** The provider is called. */
  function miss(
    asked: Asked,
    reason: CacheReason,
    flight: Flight<Head, AnswerFacts> | null,
    similar: Similar | null,
  ): null {
    const { call, key, options, bucket, buckets } = asked;
    const failed = reason === "store_slow" || reason === "store_failed";
    const took = !failed && !(asked.notExact && !similar?.learning);
    const plain: CacheDecision = {
      reason,
      ...(took && { key: key.hash }),
      ...(buckets > 1 && { bucket }),
      ...(similar?.lookup && { semantic: semanticDecision(similar.lookup) }),
    };
    const decision = options.explain ? explained(asked, plain, ports.nearest) : plain;
    tell(call, took ? "MISS" : "BYPASS", decision, options);
    if (options.onlyIfCached) {
      call.onFinished.push(({ data }) => {
        data.cache_decision = decision;
      });
      throw new AppError("not_cached");
    }
    // What a store that is only slow did not give may still be kept for the next.
    const keeps = took || (reason === "store_slow" && !asked.notExact);
    if (keeps) keepAnswer(asked, decision, similar?.learning ?? null, ports);
    else {
      call.onFinished.push(({ data }) => {
        data.cache_decision = decision;
      });
    }
    if (keeps || flight) askUncompressed(call);
    if (flight) {
      call.observers.push(flight);
      call.audience = flight;
      // A call that ends before the exchange began has no observers.
      call.onFinished.push(({ data }, facts) => {
        flight.facts = facts;
        if (call.attempts.length === 0 && data.error) flight.callOff();
      });
    }
    return null;
  }

  return cacheCall;
}

/** What is kept must be readable, and those who follow may not read what this client can. */
function askUncompressed({ target, headers }: Call): void {
  // Of further attempts as well.
  if (headers.acceptEncoding !== null) headers.acceptEncoding = "identity";
  const place = target?.headers.indexOf("accept-encoding") ?? -1;
  if (target && place !== -1 && place % 2 === 0) target.headers[place + 1] = "identity";
}

function variantOf({ key: { components } }: Asked): Record<string, string> {
  const { provider, endpoint, version, scope } = components;
  return { provider, endpoint, version, scope };
}

/** A property by which callers mark what must not be kept for others. */
function isMarkedPii({ headers }: Call): boolean {
  const { pii } = headers.attributes.properties;
  return pii !== undefined && !/^(false|0|no|off|)$/i.test(pii);
}
