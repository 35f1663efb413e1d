/**
 * Which target is next: a walk through the tree of strategies. Fallback goes from one to the next,
 * load balance and conditions choose one branch; what a branch has given up is given up.
 *
 * @module
 */
import { type Facts, meets } from "./conditions.ts";
import type {
  BreakerSettings,
  RetrySettings,
  RoutingSettings,
  StrategySettings,
  TargetSettings,
} from "./settings.ts";

/** A target with what it has from those above it. */
export interface Leaf {
  readonly target: TargetSettings;
  /** `targets[1]`, as Portkey numbers its options. */
  readonly path: string;
  /** Its place among the targets of the outermost strategy. */
  readonly index: number;
  readonly retry: RetrySettings | null;
  readonly breaker: BreakerSettings | null;
  readonly timeouts: Pick<
    TargetSettings,
    "request_timeout" | "first_byte_timeout" | "idle_timeout"
  >;
  /** Why it was chosen. */
  readonly because: string;
}

/** What became of a target, as strategies see it. */
export interface Verdict {
  /** The status, or what stands for a failure without one. */
  readonly status: number;
  readonly tooLong: boolean;
  /** It was never asked: nothing was decided about it. */
  readonly skipped: boolean;
}

export interface Choices {
  readonly facts: Facts;
  readonly random: () => number;
  /** Whether a target may be asked now; asking may take its turn. */
  readonly open: (leaf: Leaf) => boolean;
}

interface Runner {
  /** @param verdict on the target before; null for the first */
  next(verdict: Verdict | null): Leaf | null;
}

type Inherited = Pick<Leaf, "retry" | "breaker" | "timeouts">;

/** A walk through a project's or a request's configuration. */
export class Selection {
  readonly #runner: Runner;
  readonly #choices: Choices;
  /** Targets that their breakers closed off, in case that all are. */
  readonly #closed: Leaf[] = [];
  #given = 0;

  constructor(settings: RoutingSettings, choices: Choices) {
    this.#choices = choices;
    const { strategy, targets } = settings;
    const inherited = inheritedFrom(
      { retry: null, breaker: null, timeouts: {} },
      settings,
      strategy,
    );
    const all = targets.length > 0 ? targets : [{ weight: 1 }];
    this.#runner = group(strategy, all, inherited, choices, "", null);
  }

  next(verdict: Verdict | null): Leaf | null {
    let leaf = this.#runner.next(verdict);
    while (leaf && !this.#choices.open(leaf)) {
      this.#closed.push(leaf);
      leaf = this.#runner.next({ status: 503, tooLong: false, skipped: true });
    }
    // With every breaker open the first target is as good as none, and perhaps better.
    const bypassed = leaf === null && this.#given === 0 ? this.#closed[0] : undefined;
    if (bypassed) leaf = { ...bypassed, because: "The circuit breakers of all targets are open." };
    if (leaf) this.#given++;
    return leaf;
  }
}

function inheritedFrom(
  from: Inherited,
  settings: Pick<
    TargetSettings,
    "retry" | "request_timeout" | "first_byte_timeout" | "idle_timeout"
  >,
  strategy: StrategySettings | undefined,
): Inherited {
  const { retry, request_timeout, first_byte_timeout, idle_timeout } = settings;
  const own = Object.fromEntries(
    Object.entries({ request_timeout, first_byte_timeout, idle_timeout })
      .filter(([, value]) => value !== undefined),
  );
  return {
    retry: retry ?? from.retry,
    breaker: strategy?.cb_config ?? from.breaker,
    timeouts: { ...from.timeouts, ...own },
  };
}

function branch(
  target: TargetSettings,
  inherited: Inherited,
  choices: Choices,
  path: string,
  index: number,
  because: string,
): Runner {
  const own = inheritedFrom(inherited, target, target.strategy);
  if (target.targets) {
    return group(target.strategy, target.targets, own, choices, `${path}.`, index);
  }
  let given = false;
  return {
    next() {
      if (given) return null;
      given = true;
      return { target, path, index, because, ...own };
    },
  };
}

function group(
  strategy: StrategySettings | undefined,
  targets: readonly TargetSettings[],
  inherited: Inherited,
  choices: Choices,
  prefix: string,
  outer: number | null,
): Runner {
  const runnerOf = (i: number, because: string): Runner => {
    const target = targets[i];
    if (!target) return { next: () => null };
    return branch(target, inherited, choices, `${prefix}targets[${i}]`, outer ?? i, because);
  };
  switch (strategy?.mode ?? "single") {
    case "single":
      return runnerOf(0, "It is the only target.");
    case "loadbalance":
      return balanced(targets, choices, runnerOf);
    case "conditional":
      return conditional(strategy, targets, choices, runnerOf);
    case "fallback":
      return fallback(strategy, targets, runnerOf);
  }
}

type RunnerOf = (index: number, because: string) => Runner;

function fallback(
  strategy: StrategySettings | undefined,
  targets: readonly TargetSettings[],
  runnerOf: RunnerOf,
): Runner {
  let at = 0;
  let current = runnerOf(0, "It stands first.");
  return {
    next(verdict) {
      const inner = current.next(verdict);
      if (inner) return inner;
      let last = verdict;
      while (at + 1 < targets.length && last && goesOn(last, strategy)) {
        at++;
        current = runnerOf(at, `It stands at place ${at + 1} of the fallback.`);
        const leaf = current.next(null);
        if (leaf) return leaf;
        last = { ...last, skipped: true };
      }
      return null;
    },
  };
}

function goesOn({ status, tooLong, skipped }: Verdict, strategy: StrategySettings | undefined) {
  if (skipped) return true;
  if (tooLong && (strategy?.on_context_length ?? true)) return true;
  // Without a list everything that is no success; a request that is too long has its own switch.
  return strategy?.on_status_codes?.includes(status) ?? !tooLong;
}

/** One branch, by weight; another one only in place of one that cannot be asked. */
function balanced(
  targets: readonly TargetSettings[],
  { random }: Choices,
  runnerOf: RunnerOf,
): Runner {
  const left = new Map(targets.map(({ weight }, i) => [i, weight]));
  let current: Runner | null = null;
  const pick = (): Runner | null => {
    const sum = [...left.values()].reduce((total, weight) => total + weight, 0);
    if (sum <= 0) return null;
    let point = random() * sum;
    for (const [i, weight] of left) {
      point -= weight;
      if (point >= 0 || weight === 0) continue;
      left.delete(i);
      return runnerOf(i, `Load balance chose it, with a weight of ${weight} in ${sum}.`);
    }
    return null;
  };
  return {
    next(verdict) {
      if (current && verdict && !verdict.skipped) return current.next(verdict);
      const inner = current?.next(verdict);
      if (inner) return inner;
      for (current = pick(); current; current = pick()) {
        const leaf = current.next(null);
        if (leaf) return leaf;
      }
      return null;
    },
  };
}

function conditional(
  strategy: StrategySettings | undefined,
  targets: readonly TargetSettings[],
  { facts }: Choices,
  runnerOf: RunnerOf,
): Runner {
  const conditions = strategy?.conditions ?? [];
  const met = conditions.findIndex(({ query }) => meets(query, facts));
  const name = met === -1 ? strategy?.default : conditions[met]?.then;
  const index = targets.findIndex((target) => target.name === name);
  if (name === undefined || index === -1) return { next: () => null };
  return runnerOf(
    index,
    met === -1
      ? "No condition was met: it is the default."
      : `The call meets condition ${met + 1}.`,
  );
}
