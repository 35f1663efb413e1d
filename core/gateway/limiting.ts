/**
 * Stages: a project's limits. `requests` counts every call and stands before the cache; `spending`,
 * of tokens and money, stands behind it, so that what the cache answers costs nothing and is answered
 * although a budget is used up.
 *
 * Guarantees: the event that ends a call ends its reservations, and tells what its limits said.
 *
 * @module
 */
import { errorName } from "../caught.ts";
import { AppError } from "../error.ts";
import { Recent } from "../recent.ts";
import { type Amounts, amountText, noAmounts } from "../limits/amount.ts";
import { actualOf, estimateOf } from "../limits/estimate.ts";
import { limitHeaders } from "../limits/headers.ts";
import { heliconeHeaders, heliconeLimit } from "../limits/helicone.ts";
import type { Denial, Limiter, Outcome } from "../limits/limiter.ts";
import { type Caller, type Limit, type Policy, policyOf } from "../limits/policy.ts";
import { type Checked, decisionsOf } from "../limits/reservation.ts";
import { limitsSchema, type LimitsSettings } from "../limits/settings.ts";
import type { ProjectPrices } from "../pricing/project_price.ts";
import { askedOutput } from "./asked_output.ts";
import { bounds } from "./attributes.ts";
import type { Call, CallDraft, Stage } from "./call.ts";
import { parseJson } from "../json.ts";
import type { PricesOf } from "./record.ts";

export interface LimitingPorts {
  readonly limiter: Limiter;
  /** A project's settings: from memory, a promise only when nothing fresh enough is there. */
  readonly settings: (project: string) => LimitsSettings | Promise<LimitsSettings>;
  readonly prices: PricesOf;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface Limiting {
  readonly requests: Stage;
  readonly spending: Stage;
}

/** A client that waits by itself for longer than this many seconds waits in vain. */
const longestWait = 60;

export function createLimiting(ports: LimitingPorts): Limiting {
  const { limiter, now } = ports;
  const unlimited = policyOf(limitsSchema.parse({}));
  /** What held last, for when the settings cannot be read. */
  const lastKnown = new Recent<Policy>(10_000);

  function stage(concerns: (limit: Limit) => boolean): Stage {
    return function limitCall(call) {
      const policy = policyFor(call.project?.project ?? "");
      return policy instanceof Promise
        ? policy.then((known) => limit(call, known, concerns))
        : limit(call, policy, concerns);
    };
  }

  function policyFor(project: string): Policy | Promise<Policy> {
    const read = ports.settings(project);
    if (!(read instanceof Promise)) return remember(project, policyOf(read));
    return read.then(
      (settings) => remember(project, policyOf(settings)),
      (error: unknown) => {
        const reason = errorName(error);
        ports.warn("A project's limits could not be read: the last known hold", {
          project,
          reason,
        });
        return lastKnown.get(project) ?? unlimited;
      },
    );
  }

  function remember(project: string, policy: Policy): Policy {
    if (policy.limits.length > 0) lastKnown.set(project, policy);
    else if (lastKnown.size > 0) lastKnown.delete(project);
    return policy;
  }

  function limit(
    call: Call,
    policy: Policy,
    concerns: (limit: Limit) => boolean,
  ): null | Promise<null> {
    const { limitPolicy } = call.headers;
    if (policy.limits.length === 0 && limitPolicy === null) return null;
    const limits = policy.limits.filter(concerns);
    const brought = limitPolicy === null ? null : heliconeLimit(limitPolicy);
    if (brought && concerns(brought)) limits.push(brought);
    if (limits.length === 0) return null;
    const caller = callerOf(call);
    const proceed = (amounts: Amounts): null | Promise<null> => {
      const outcome = limiter.reserve(limits, caller, amounts, policy.failOpen);
      if (outcome === null) return null;
      return outcome instanceof Promise
        ? outcome.then((one) => conclude(call, one, amounts))
        : conclude(call, outcome, amounts);
    };
    const amounts = limits.some(({ unit }) => unit !== "requests")
      ? estimated(call, policy)
      : { ...noAmounts, requests: 1n };
    return amounts instanceof Promise ? amounts.then(proceed) : proceed(amounts);
  }

  function estimated(call: Call, policy: Policy): Amounts | Promise<Amounts> {
    const prices = ports.prices(call.project?.project ?? "");
    const estimate = (known: ProjectPrices | null) => estimateOf(prospectOf(call), policy, known);
    // The recorder, which reads them as well, says what failed.
    return prices instanceof Promise ? prices.catch(() => null).then(estimate) : estimate(prices);
  }

  function conclude(call: Call, outcome: Outcome, amounts: Amounts): null {
    if (outcome.kind === "unavailable") {
      throw new AppError("limits_unavailable", { retry_after_seconds: 1 });
    }
    if (outcome.kind === "refused") {
      tell(call, outcome.denial.checked);
      call.onFinished.push((draft) => mark(draft, outcome.denial.checked));
      throw refusal(call, outcome.denial);
    }
    const { reservation } = outcome;
    tell(call, reservation.checked);
    call.onFinished.push((draft) => {
      const answered = call.answer !== null && call.answer.status < 400;
      reservation.settle(actualOf(draft.type, draft.data, amounts, answered));
      mark(draft, reservation.checked);
    });
    return null;
  }

  /** Says in the answer's head what all limits that were met so far have left. */
  function tell(call: Call, checked: readonly Checked[]): void {
    call.limits.push(...checked);
    call.answerHeaders.push(...limitHeaders(call.limits, now()));
    const { limitPolicy } = call.headers;
    const brought = checked.find(({ limit }) => limit.id.startsWith("helicone:"));
    if (limitPolicy !== null && brought) {
      call.answerHeaders.push(...heliconeHeaders(limitPolicy, brought.limit, brought.account.used));
    }
  }

  return {
    requests: stage(({ unit }) => unit === "requests"),
    spending: stage(({ unit }) => unit !== "requests"),
  };
}

function callerOf({ project, headers: { attributes }, bodyUser }: Call): Caller {
  return {
    project: project?.project ?? "",
    keyId: project?.keyId ?? "",
    user: attributes.user ?? (bodyUser?.slice(0, bounds.id) || null),
    properties: attributes.properties,
  };
}

function prospectOf(call: Call): Parameters<typeof estimateOf>[0] {
  const { route, method, provider, model, headers, body, at } = call;
  const isJson = headers.contentType?.includes("json") ?? false;
  return {
    endpoint: route.operation.endpoint,
    method,
    path: route.path,
    provider: provider?.name ?? route.providerName,
    model,
    at: new Date(at),
    bodyBytes: isJson ? body.length : 0,
    mostOutput: isJson ? askedOutput(parseJson(decoder.decode(body))) : null,
  };
}

const decoder = new TextDecoder();

function mark({ data }: CallDraft, checked: readonly Checked[]): void {
  const decisions = decisionsOf(checked);
  if (decisions.length === 0) return;
  data.limits = [...data.limits ?? [], ...decisions];
}

function refusal(call: Call, { closed, retryAfter }: Denial): AppError {
  const { limit, account: { id: { subject, window } }, used } = closed;
  // SDKs repeat a 429 by themselves, and would do so in vain.
  if (retryAfter > longestWait) call.answerHeaders.push("x-should-retry", "false");
  return new AppError(limit.unit === "usd" ? "budget_exceeded" : "limit_exceeded", {
    limit: limit.id,
    scope: limit.scope,
    ...(subject !== "" && { subject }),
    unit: limit.unit,
    quota: amountText(limit.unit, limit.quota),
    used: amountText(limit.unit, used),
    resets_at: new Date(window.end).toISOString(),
    retry_after_seconds: retryAfter,
  });
}
