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
import { type Flight, Flights } from "../../cache/flights.ts";
import { type CacheOptions, defaultOptions, readCacheOptions } from "../../cache/options.ts";
import type { CacheSettings } from "../../cache/settings.ts";
import type { Call, Stage } from "../call.ts";
import type { AnswerFacts } from "../formats/format.ts";
import type { Head } from "../plan.ts";
import { type Asked, askedOf, isCacheable } from "./asked.ts";
import { flightOf } from "./flight_name.ts";
import { semanticDecision } from "./decision.ts";
import { follow, type FollowPorts } from "./follower.ts";
import { answerHit, type Hit, hitOf, type HitPorts } from "./hit.ts";
import { explained, keepAnswer } from "./keep.ts";
import { Rests } from "./rests.ts";
import { type Similar, type SimilarPorts, similarSearch } from "./similar.ts";
import { tell } from "./tell.ts";
import { within } from "./within.ts";

/** What the cache needs from outside of the gateway. */
export interface CachePorts extends Pick<SimilarPorts, "store" | "semantic"> {
  readonly nearest: NearestKeys;
  readonly settings: (project: string) => CacheSettings | Promise<CacheSettings>;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Told of work that goes on after an answer. */
  readonly track?: (work: Promise<unknown>) => void;
  /** Told of every answer from the cache, so that feedback on it can be understood. */
  readonly onHit?: (project: string, event: string, decision: CacheDecision) => void;
}

export interface CachingPorts extends CachePorts, HitPorts, FollowPorts {}

/** All projects share it: it rests for all of them. */
const theStore = "store";
/** How long a call waits for a project's settings. */
const settingsWait = 100;

export function caching(ports: CachingPorts): Stage {
  const flights = new Flights<Head, AnswerFacts>();
  const findSimilar = similarSearch(ports);
  const rests = new Rests();

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
    record(call, decision);
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
    record(call, decision);
    return response;
  }

  /** Asks the store, then the semantic cache; null when the provider has to be called. */
  async function search(
    asked: Asked,
    flight: Flight<Head, AnswerFacts> | null,
  ): Promise<Response | null> {
    const exact = asked.notExact ? "off" as const : await fromStore(asked);
    if (typeof exact !== "string") return await exact.response;
    const similar = await findSimilar(asked);
    if (similar?.hit) return await answer(asked, similar.hit);
    const reason = similar?.why ?? (exact === "off" ? asked.notExact ?? "absent" : exact);
    return miss(asked, reason, flight, similar);
  }

  type Answered = { readonly response: Response | Promise<Response> };

  async function fromStore(asked: Asked): Promise<Answered | CacheReason> {
    const { project, key, settings } = asked;
    if (rests.isResting(theStore, ports.now())) return "store_slow";
    const read = await within(
      settings.lookup_timeout_ms,
      ports.store.read(project, key.hash),
    );
    if (read.kind === "slow") {
      rests.wasSlow(theStore, ports.now());
      return "store_slow";
    }
    rests.wasFine(theStore);
    if (read.kind === "failed") return "store_failed";
    if (typeof read.value === "string") return read.value;
    const hit = hitOf(asked, read.value, ports.clock);
    return hit ? { response: answer(asked, hit) } : "expired";
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
      record(call, decision);
      throw new AppError("not_cached");
    }
    // What a store that is only slow did not give may still be kept for the next.
    const keeps = took || (reason === "store_slow" && !asked.notExact);
    if (keeps) keepAnswer(asked, decision, similar?.learning ?? null, ports);
    else record(call, decision);
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

/** The event says what was decided. */
function record(call: Call, decision: CacheDecision): void {
  call.onFinished.push(({ data }) => {
    data.cache_decision = decision;
  });
}

/** What is kept must be readable, and those who follow may not read what this client can. */
function askUncompressed({ target, headers }: Call): void {
  // Of further attempts as well.
  if (headers.acceptEncoding !== null) headers.acceptEncoding = "identity";
  const place = target?.headers.indexOf("accept-encoding") ?? -1;
  if (target && place !== -1 && place % 2 === 0) target.headers[place + 1] = "identity";
}
