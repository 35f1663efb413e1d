/**
 * How a project's calls are routed: the section `routing` of its settings, in the shape of Portkey's
 * configuration. `{}` is a project that routes nothing: each call has one attempt, at the provider that
 * it names.
 *
 * @module
 */
import { z } from "zod";
import type { Section } from "../../settings/settings.ts";
import { conditionSchema } from "./conditions.ts";

/** Attempts of one call at most, whatever a configuration adds up to. */
export const mostAttempts = 10;
const mostTargets = 20;
const deepest = 4;

const status = z.number("must be a status such as 429").int()
  .min(300, "must be a status from 300 to 599").max(599, "must be a status from 300 to 599");
const statuses = z.array(status, "must be a list of statuses such as [429, 503]").max(50);
const milliseconds = z.number("must be a number of milliseconds").int("must be whole milliseconds")
  .min(1, "must be at least 1 millisecond").max(3_600_000, "must be at most an hour");

export const defaultRetryStatuses = [429, 500, 502, 503, 504, 529] as const;

const retrySchema = z.strictObject({
  /** How often the same target is asked again; 0 for never. */
  attempts: z.number("must be a number from 0 to 5").int().min(0, "must be a number from 0 to 5")
    .max(5, "must be a number from 0 to 5").default(0),
  on_status_codes: statuses.default([...defaultRetryStatuses]),
  /** Waits as long as the provider says, up to a minute; a longer wait is not made. */
  use_retry_after_headers: z.boolean("must be true or false").default(true),
  /** The longest wait before the first retry. */
  min_delay: milliseconds.default(500),
  /** The longest wait before any retry. */
  max_delay: milliseconds.default(8_000),
  /** By how much it grows from retry to retry. */
  factor: z.number("must be a number from 1 to 10").min(1, "must be a number from 1 to 10")
    .max(10, "must be a number from 1 to 10").default(2),
  /** Whether the wait is a random part of it (full jitter). */
  jitter: z.boolean("must be true or false").default(true),
});
export type RetrySettings = z.infer<typeof retrySchema>;

const breakerSchema = z.strictObject({
  /** Failures within a minute that open it. */
  failure_threshold: z.number("must be a number of failures").int().min(1).max(10_000),
  /** Opens it too, once there were `minimum_requests`. */
  failure_threshold_percentage: z.number("must be a percentage").min(1).max(100).optional(),
  minimum_requests: z.number("must be a number of requests").int().min(1).max(10_000).default(10),
  /** Milliseconds until one call tries the target again. */
  cooldown_interval: z.number("must be a number of milliseconds").int()
    .min(30_000, "must be at least 30000 milliseconds").max(3_600_000).default(30_000),
  /** What counts as a failure, beside timeouts and broken connections. @default {500 and above} */
  failure_status_codes: statuses.optional(),
});
export type BreakerSettings = z.infer<typeof breakerSchema>;

const strategySchema = z.strictObject({
  mode: z.enum(
    ["single", "fallback", "loadbalance", "conditional"],
    "must be single, fallback, loadbalance or conditional",
  ).default("single"),
  /** Statuses after which the next target is tried. @default {all that are no success} */
  on_status_codes: statuses.optional(),
  /** Whether the next target is tried when the request is too long for this one's model. */
  on_context_length: z.boolean("must be true or false").default(true),
  conditions: z.array(conditionSchema).max(50).default([]),
  /** The target of a call that meets no condition. */
  default: z.string("must be the name of a target").max(100).optional(),
  cb_config: breakerSchema.optional(),
});
export type StrategySettings = z.infer<typeof strategySchema>;

const timeouts = {
  /** For the whole attempt, in milliseconds. */
  request_timeout: milliseconds.optional(),
  /** Until the first byte of the answer's body. */
  first_byte_timeout: milliseconds.optional(),
  /** Between two bytes of the body. */
  idle_timeout: milliseconds.optional(),
};

const overrideSchema = z.record(z.string(), z.json()).superRefine((params, context) => {
  if ("stream" in params) {
    context.addIssue({ code: "custom", message: "must not set stream: the client decides it" });
  }
});

const leafFields = {
  name: z.string("must be a name").min(1).max(100).optional(),
  /** A provider's name; absent for the one that the call names. */
  provider: z.string("must be a provider's name").min(1).max(500).optional(),
  /** Members of the body that are set, such as `model`. */
  override_params: overrideSchema.optional(),
  weight: z.number("must be a number from 0").min(0, "must be a number from 0").max(1_000_000)
    .default(1),
  retry: retrySchema.optional(),
  ...timeouts,
};

export interface TargetSettings extends z.infer<z.ZodObject<typeof leafFields>> {
  readonly strategy?: StrategySettings | undefined;
  readonly targets?: TargetSettings[] | undefined;
  /** From a header alone: settings stand in the log, where no key may. */
  readonly api_key?: string | undefined;
}

const targetSchema: z.ZodType<TargetSettings> = z.strictObject({
  ...leafFields,
  api_key: z.string().min(1).max(500).optional(),
  strategy: strategySchema.optional(),
  targets: z.array(z.lazy(() => targetSchema)).min(1).max(mostTargets).optional(),
});

function routingShape(inHeader: boolean) {
  return z.strictObject({
    strategy: strategySchema.prefault({}),
    retry: retrySchema.optional(),
    ...timeouts,
    targets: z.array(targetSchema).max(mostTargets).default([]),
    // Read by the cache: here it is only known to be nobody's mistake.
    ...(inHeader && { cache: z.unknown().optional() }),
  }).superRefine((settings, context) => {
    for (const problem of problemsOf(settings, inHeader)) {
      context.addIssue({ code: "custom", ...problem });
    }
  });
}

export const routingSchema = routingShape(false);
/** As a header brings it: a target may have a key of its own. */
export const headerRoutingSchema = routingShape(true);
export type RoutingSettings = z.infer<typeof routingSchema>;

export const routingSection: Section<RoutingSettings> = { name: "routing", schema: routingSchema };

interface Problem {
  readonly path: (string | number)[];
  readonly message: string;
}

type Group = Pick<TargetSettings, "strategy" | "targets">;

function* problemsOf(
  { strategy, targets }: Group,
  inHeader: boolean,
  path: (string | number)[] = [],
): Generator<Problem> {
  if (path.length / 2 > deepest) {
    yield { path, message: `must be nested at most ${deepest} deep` };
    return;
  }
  const all = targets ?? [];
  const mode = strategy?.mode ?? "single";
  if (mode !== "single" && all.length === 0) {
    yield { path: [...path, "targets"], message: `must have targets for the mode ${mode}` };
  }
  if (mode === "loadbalance" && !all.some(({ weight }) => weight > 0)) {
    yield { path: [...path, "targets"], message: "must have a target with a weight above 0" };
  }
  const names = new Set(all.map(({ name }) => name).filter((name) => name !== undefined));
  const wanted = [
    ...(strategy?.conditions ?? []).map(({ then }, i) => ["conditions", i, "then", then] as const),
    ...(strategy?.default === undefined ? [] : [["default", strategy.default] as const]),
  ];
  for (const one of wanted) {
    const name = String(one.at(-1));
    if (names.has(name)) continue;
    const place = one.slice(0, -1);
    yield { path: [...path, "strategy", ...place], message: `must be the name of a target here` };
  }
  if (mode === "conditional" && (strategy?.conditions ?? []).length === 0) {
    yield {
      path: [...path, "strategy", "conditions"],
      message: "must have at least one condition",
    };
  }
  for (const [i, target] of all.entries()) {
    const at = [...path, "targets", i];
    if (target.targets === undefined && target.strategy !== undefined) {
      yield { path: [...at, "targets"], message: "must be given with a strategy" };
    }
    if (target.targets !== undefined && target.provider !== undefined) {
      yield { path: [...at, "provider"], message: "must be left out of a target that has targets" };
    }
    if (target.api_key !== undefined && !inHeader) {
      yield { path: [...at, "api_key"], message: "must be kept in Settings, Providers" };
    }
    yield* problemsOf(target, inHeader, at);
  }
}
