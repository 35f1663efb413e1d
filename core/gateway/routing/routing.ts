/**
 * Routes calls: finds the configuration that holds for a call, gives the call its plan, and tells the
 * log of the attempts. A call without a configuration passes by untouched.
 *
 * @module
 */
import { errorName } from "../../caught.ts";
import { AppError } from "../../error.ts";
import type { AttemptData } from "../../event/attempt.ts";
import type { EventDraft, LogWriter } from "../../log/contract.ts";
import { callCost } from "../../pricing/call_cost.ts";
import type { Call, CallDraft } from "../call.ts";
import { fields } from "../../json.ts";
import { setMember } from "../json_edit.ts";
import type { Step, Timeouts } from "../plan.ts";
import type { Provider } from "../providers/provider.ts";
import type { PricesOf } from "../record.ts";
import type { Target } from "../target.ts";
import { Breakers } from "./breaker.ts";
import type { Facts } from "./conditions.ts";
import { readRoutingHeaders, routeWith } from "./headers.ts";
import { nameOf, RoutePlan } from "./plan.ts";
import { portable } from "./portable.ts";
import type { Leaf } from "./selection.ts";
import type { RoutingSettings } from "./settings.ts";

export interface RoutingPorts {
  /** What projects have set: a promise only when nothing fresh enough is in memory. */
  readonly settings?: ((project: string) => RoutingSettings | Promise<RoutingSettings>) | undefined;
  readonly log: LogWriter;
  readonly prices?: PricesOf | undefined;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Where the configuration says nothing. */
  readonly timeouts: Timeouts;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** Where one attempt goes. */
export interface RouteAim {
  readonly provider: Provider;
  readonly model: string;
  readonly except?: ReadonlySet<string>;
  /** A key that the request's own configuration brings. */
  readonly apiKey?: string;
}

/** Makes the request of an attempt. `view` is the call, with the body that the target is to get. */
export type Prepare = (
  view: Call,
  aim: RouteAim,
) => { readonly target: Target; readonly model: string };

/** The configuration that holds for a call, and who declared it. */
export interface Declared {
  readonly settings: RoutingSettings;
  readonly source: string;
  readonly families: readonly string[];
}

export class Routing {
  readonly #ports: RoutingPorts;
  readonly #breakers: Breakers;

  constructor(ports: RoutingPorts) {
    this.#ports = ports;
    this.#breakers = new Breakers(ports.now);
  }

  /**
   * The configuration that holds for a call; null for none.
   *
   * @throws {AppError} `invalid_header` for a header that cannot be read
   */
  declared(call: Call): Declared | null | Promise<Declared | null> {
    const raw = call.headers.routing;
    const { settings } = this.#ports;
    if (!raw && !settings) return null;
    // Lists of models and the like are nobody's to answer but the one who was asked.
    if (call.method !== "POST" || call.route.operation.format === "opaque") return null;
    const headers = raw && readRoutingHeaders(raw);
    const families = headers?.families ?? [];
    if (headers?.config || !settings) {
      return declaredAs(
        routeWith(null, headers, call.stream),
        headers?.source ?? "header",
        families,
      );
    }
    const project = settings(call.project?.project ?? "");
    const join = (read: RoutingSettings) => {
      const own = isNothing(read) ? null : read;
      const source = own ? "settings" : "header";
      return declaredAs(routeWith(own, headers, call.stream), source, families);
    };
    if (!(project instanceof Promise)) return join(project);
    return project.then(join, (error: unknown) => {
      throw new AppError("settings_unavailable", undefined, { cause: error });
    });
  }

  /** Gives the call its plan; the first attempt's target becomes the call's. */
  begin(call: Call, declared: Declared, prepare: Prepare): void {
    const chosen = { provider: call.provider, model: call.model };
    const plan = new RoutePlan(call, declared, factsOf(call), {
      breakers: this.#breakers,
      random: this.#ports.random,
      clock: this.#ports.clock,
      stepOf: (leaf, tried, after) => this.#step(call, chosen, leaf, { tried, after, prepare }),
    });
    call.plan = plan;
    const { provider, model, target } = plan.first;
    Object.assign(call, { provider, model, target });
    call.onFinished.push((draft) => this.#finish(call, plan, declared.source, draft));
  }

  #step(
    call: Call,
    chosen: { readonly provider: Provider | null; readonly model: string },
    leaf: Leaf,
    { tried, after, prepare }: {
      readonly tried: ReadonlySet<string>;
      readonly after: number;
      readonly prepare: Prepare;
    },
  ): Step {
    const { target: wanted, timeouts } = leaf;
    const provider = providerOf(call, wanted.provider, chosen.provider);
    const { model: other, ...params } = wanted.override_params ?? {};
    const { target, model } = prepare(withParams(portable(call, provider), params), {
      provider,
      model: typeof other === "string" ? other : chosen.model,
      except: tried,
      ...(wanted.api_key !== undefined && { apiKey: wanted.api_key }),
    });
    const usual = this.#ports.timeouts;
    const changed = Object.keys(params).length > 0;
    return {
      provider,
      model,
      name: nameOf(leaf) === leaf.path ? provider.name : nameOf(leaf),
      target: changed ? { ...target, params } : target,
      timeouts: {
        firstByte: timeouts.first_byte_timeout ?? usual.firstByte,
        idle: timeouts.idle_timeout ?? usual.idle,
        total: timeouts.request_timeout ?? usual.total,
      },
      after,
    };
  }

  // --- the record ---

  #finish(call: Call, plan: RoutePlan, source: string, draft: CallDraft): void {
    const { type, data } = draft;
    plan.ended(type === "call.failed" && data.error?.origin === "network");
    // The cache answered: nothing was routed.
    if (call.attempts.length === 0) return;
    const route = plan.route(source);
    if (route) data.route = route;
    for (const attempt of plan.attempts(this.#ports.now())) this.#append(call, draft, attempt);
  }

  #append(call: Call, { project, at }: CallDraft, attempt: Omit<AttemptData, "cost">): void {
    const event: EventDraft = {
      id: `${call.id}.${attempt.number}`,
      type: "call.attempted",
      v: 1,
      project,
      at,
      data: { ...attempt, cost: this.#costOf(call, attempt) },
    };
    this.#ports.log.append(event).catch((error: unknown) => {
      const reason = errorName(error);
      this.#ports.warn("An attempt could not be recorded", { event_id: event.id, reason });
    });
  }

  #costOf(call: Call, { usage, provider, model }: Omit<AttemptData, "cost">): AttemptData["cost"] {
    const prices = usage && this.#ports.prices?.(call.project?.project ?? "");
    if (!usage || !prices || prices instanceof Promise) return null;
    const none = { responseModel: null, tier: null, speed: null, geo: null };
    const asked = { provider, model, at: new Date(call.at), ...none };
    return callCost(call.route.operation.endpoint, usage, asked, prices);
  }
}

function declaredAs(
  settings: RoutingSettings | null,
  source: string,
  families: readonly string[],
): Declared | null {
  return settings && { settings, source, families };
}

/** Of a project that set nothing. */
function isNothing(settings: RoutingSettings): boolean {
  const { targets, retry, request_timeout, first_byte_timeout, idle_timeout } = settings;
  return targets.length === 0 && retry === undefined && request_timeout === undefined &&
    first_byte_timeout === undefined && idle_timeout === undefined;
}

function factsOf({ headers: { attributes }, json, model, provider, bodyUser }: Call): Facts {
  return {
    metadata: attributes.properties,
    params: fields(json),
    user: attributes.user ?? bodyUser,
    session: attributes.session,
    model,
    provider: provider?.name ?? "",
  };
}

/** By its name, or by its address as Helicone's clients say it. */
function providerOf(call: Call, wanted: string | undefined, named: Provider | null): Provider {
  const provider = wanted === undefined
    ? named
    : call.providers.named(wanted) ?? (wanted.includes("://") ? call.providers.at(wanted) : null);
  if (provider) return provider;
  throw new AppError("provider_unknown", { provider: (wanted ?? "").slice(0, 100) });
}

const encoder = new TextEncoder();

/** The call as a target is to see it. */
function withParams(call: Call, params: Readonly<Record<string, unknown>>): Call {
  const names = Object.keys(params);
  if (names.length === 0) return call;
  let body = call.body.length > 0 ? call.body : encoder.encode("{}");
  for (const name of names) body = setMember(body, name, JSON.stringify(params[name])) ?? body;
  return { ...call, body, json: { ...fields(call.json), ...params } };
}
