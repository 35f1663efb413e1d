/**
 * What a routing configuration does, in sentences. It reads text that is being edited: anything may be
 * missing or wrong in it, and what it does not understand it leaves out.
 *
 * @module
 */

type Json = Readonly<Record<string, unknown>>;

/**
 * @example
 * ```ts
 * import { summaryOfRouting } from "@/components/settings/routing_summary.ts";
 * import { expect } from "expect";
 *
 * expect(summaryOfRouting({ strategy: { mode: "fallback" }, targets: [
 *   { provider: "openai" }, { provider: "anthropic", override_params: { model: "claude-x" } },
 * ] })[0]).toBe("Each call goes to openai; if that fails, to claude-x at anthropic.");
 * expect(summaryOfRouting({})[0]).toBe("Each call goes once to the provider that it names.");
 * ```
 */
export function summaryOfRouting(settings: Json): readonly string[] {
  const targets = objects(settings.targets);
  const strategy = object(settings.strategy);
  return [
    strategyOf(String(strategy?.mode ?? "single"), strategy, targets),
    ...retryOf(object(settings.retry)),
    ...timeoutsOf(settings),
    ...breakerOf(object(strategy?.cb_config)),
    ...targets.flatMap((target, i) =>
      [...retryOf(object(target.retry)), ...timeoutsOf(target)]
        .map((line) => `${nameOf(target, i)}: ${line}`)
    ),
  ];
}

function strategyOf(mode: string, strategy: Json | null, targets: readonly Json[]): string {
  const names = targets.map(nameOf);
  const [first = "the provider that it names"] = names;
  switch (mode) {
    case "fallback":
      return `Each call goes to ${first}${
        names.slice(1).map((name, i) => `${i === 0 ? "; if that fails, to " : ", then to "}${name}`)
          .join("")
      }.`;
    case "loadbalance": {
      const weights = targets.map(({ weight }) => typeof weight === "number" ? weight : 1);
      const all = weights.reduce((sum, weight) => sum + weight, 0);
      const shares = names.map((name, i) =>
        `${all === 0 ? 0 : Math.round((weights[i] ?? 0) / all * 100)} % to ${name}`
      );
      return `Calls are divided: ${shares.join(", ")}.`;
    }
    case "conditional": {
      const conditions = objects(strategy?.conditions);
      const rest = typeof strategy?.default === "string"
        ? `all others to ${strategy.default}`
        : "all others to the provider that they name";
      const ways = conditions.map(({ then }, i) => `condition ${i + 1} to ${String(then)}`);
      return `Calls are sent by condition: ${[...ways, rest].join(", ")}.`;
    }
    default:
      return targets.length === 0
        ? "Each call goes once to the provider that it names."
        : `Each call goes to ${first}.`;
  }
}

function retryOf(retry: Json | null): string[] {
  if (!retry || typeof retry.attempts !== "number" || retry.attempts === 0) return [];
  const statuses = Array.isArray(retry.on_status_codes) ? retry.on_status_codes.join(", ") : "";
  const times = retry.attempts === 1 ? "once" : `up to ${retry.attempts} times`;
  return [`It is asked again ${times}${statuses ? ` after ${statuses}` : ""}.`];
}

const timeoutWords = {
  request_timeout: "for a whole attempt",
  first_byte_timeout: "for the first byte",
  idle_timeout: "between two bytes",
};

function timeoutsOf(settings: Json): string[] {
  const said = Object.entries(timeoutWords).flatMap(([name, words]) => {
    const value = settings[name];
    return typeof value === "number" ? [`${value / 1_000} s ${words}`] : [];
  });
  return said.length === 0 ? [] : [`It waits at most ${said.join(", ")}.`];
}

function breakerOf(breaker: Json | null): string[] {
  if (!breaker) return [];
  const rest = Number(breaker.cooldown_interval ?? 30_000) / 1_000;
  return [
    `A target that fails ${
      String(breaker.failure_threshold)
    } times within a minute rests for ${rest} s.`,
  ];
}

function nameOf(target: Json, index: number): string {
  const inner = objects(target.targets);
  if (inner.length > 0) return `a group of ${inner.length} (${inner.map(nameOf).join(", ")})`;
  const model = object(target.override_params)?.model;
  const provider = typeof target.provider === "string" ? target.provider : null;
  const place = typeof model === "string" && provider
    ? `${model} at ${provider}`
    : typeof model === "string"
    ? model
    : provider;
  const name = typeof target.name === "string" ? target.name : null;
  if (name && place) return `${name} (${place})`;
  return name ?? place ?? `target ${index + 1}`;
}

function object(value: unknown): Json | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : null;
}

function objects(value: unknown): readonly Json[] {
  if (!Array.isArray(value)) return [];
  return value.map((one: unknown) => object(one)).filter((one) => one !== null);
}
