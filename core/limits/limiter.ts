/**
 * Reserves for calls with the limits that concern them: in memory while there is something put aside,
 * by the shared accounts in KV when it runs short. The store is told once a second what was spent.
 *
 * Guarantees: a call is let through by all of its limits or counted by none; what a crashed process
 * had reserved is free again after `lease`.
 *
 * @module
 */
import { errorName } from "../caught.ts";
import type { KvPort } from "../log/kv.ts";
import { Account } from "./account.ts";
import type { Amounts } from "./amount.ts";
import { Ledger, type Level } from "./ledger.ts";
import { type Caller, type Limit, subjectOf } from "./policy.ts";
import { type Checked, Reservation } from "./reservation.ts";
import { windowAt } from "./window.ts";

export interface LimiterOptions {
  readonly kv: KvPort;
  /** This process's name in the store: another one for each start. */
  readonly process: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long a call waits for the store at most, in milliseconds. @default {250} */
  readonly deadline?: number;
  /** How often the store is told what was spent; null: only by `flush()`. @default {1_000} */
  readonly flushEvery?: number | null;
  /** An unused account gives back what is put aside for it after so long. @default {2_000} */
  readonly idle?: number;
  /** What a process reserved is free again when it was silent for so long. @default {30_000} */
  readonly lease?: number;
  /** Spending crossed a limit's warning mark or its quota; once for each window. */
  readonly onCrossed?: (crossing: Crossing) => void;
  /** Told when the store could not be used; writes are tried again. */
  readonly warn?: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface Crossing {
  readonly limit: Limit;
  readonly account: Account;
  readonly level: Exclude<Level, 0>;
  readonly spent: bigint;
}

/** Why a call is not let through. */
export interface Denial {
  /** The limit that is closed longest. */
  readonly closed: Checked;
  /** In whole seconds, at least 1. */
  readonly retryAfter: number;
  /** Every limit that the call met. */
  readonly checked: readonly Checked[];
}

export type Outcome =
  | { readonly kind: "reserved"; readonly reservation: Reservation }
  | { readonly kind: "refused"; readonly denial: Denial }
  /** The store could not be used in time; nothing is reserved. */
  | { readonly kind: "unavailable" };

export interface Limiter {
  /**
   * Reserves with every limit that concerns the caller; null when none does. A promise only when what
   * is put aside does not suffice.
   *
   * @param failOpen counts here what the store cannot say, instead of `unavailable`
   */
  reserve(
    limits: readonly Limit[],
    caller: Caller,
    amounts: Amounts,
    failOpen: boolean,
  ): Outcome | null | Promise<Outcome>;
  readonly ledger: Ledger;
  /** Tells the store what was spent, and gives back what nobody uses. Never rejects. */
  flush(): Promise<void>;
  /** Gives back everything. */
  close(): Promise<void>;
}

/** One limit that a call has to pass. */
interface Gate {
  readonly limit: Limit;
  readonly account: Account;
  readonly amount: bigint;
  /** Without the call. */
  used: bigint;
  taken: boolean;
}

/** After the store failed calls do not wait for it, for so long. */
const pause = 1_000;
/** Accounts told of at once. */
const abreast = 16;
/** A stop waits for the store for so many deadlines; what it is not told runs out by itself. */
const patience = 8;

export function createLimiter(options: LimiterOptions): Limiter {
  const { now, process, deadline = 250, flushEvery = 1_000, idle = 2_000, lease = 30_000 } =
    options;
  const ledger = new Ledger(options.kv, now);
  const accounts = new Map<string, { readonly account: Account; limit: Limit }>();
  let brokenUntil = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let flushing: Promise<void> | null = null;
  let closed = false;

  function accountOf(limit: Limit, project: string, subject: string): Account {
    const window = windowAt(limit.window, now());
    const { id, unit } = limit;
    const name = `${project}\n${id}\n${unit}\n${limit.window}\n${window.start}\n${subject}`;
    const known = accounts.get(name);
    if (known) {
      // The limit may have been changed.
      known.limit = known.account.bounds = limit;
      return known.account;
    }
    const account = new Account({ project, limit, subject, window }, limit, {
      ledger,
      process,
      now,
      lease,
      onCrossed: (account, level, spent) => {
        if (level === 0) return;
        options.onCrossed?.({ limit: accounts.get(name)?.limit ?? limit, account, level, spent });
      },
    });
    accounts.set(name, { account, limit });
    plan();
    return account;
  }

  function reserve(
    limits: readonly Limit[],
    caller: Caller,
    amounts: Amounts,
    failOpen: boolean,
  ): Outcome | null | Promise<Outcome> {
    const gates: Gate[] = [];
    for (const limit of limits) {
      const subject = subjectOf(limit, caller);
      const amount = amounts[limit.unit];
      // What costs nothing is let through by a budget that is used up.
      if (subject === null || amount === 0n) continue;
      const account = accountOf(limit, caller.project, subject);
      const { used } = account;
      gates.push({ limit, account, amount, used, taken: account.take(amount) });
    }
    if (gates.length === 0) return null;
    return gates.every(({ taken }) => taken) ? reserved(gates) : reserveLater(gates, failOpen);
  }

  async function reserveLater(gates: readonly Gate[], failOpen: boolean): Promise<Outcome> {
    const missing = gates.filter(({ taken }) => !taken);
    const failed = now() < brokenUntil || await isTooLate(missing.map(ask));
    if (failed) {
      if (failOpen) return reserved(gates, "unchecked");
      giveBack(gates);
      return { kind: "unavailable" };
    }
    if (gates.every(({ limit, taken }) => taken || !limit.enforced)) return reserved(gates);
    giveBack(gates);
    return { kind: "refused", denial: denialOf(gates.map((gate) => checkedOf(gate)), now()) };
  }

  /** Reserves by the store, unless the call has gone on without it meanwhile. */
  function ask(gate: Gate): Asking {
    const asking = { isOver: false };
    const { account, amount } = gate;
    const answer = account.ask(amount).then((granted) => {
      if (asking.isOver) {
        if (granted) account.settle(amount, 0n);
        return;
      }
      gate.taken = granted;
      // A reservation of its own is not what a call met.
      gate.used = account.used - (granted ? amount : 0n);
    });
    return Object.assign(asking, { answer });
  }

  /** Waits for answers until the deadline; whether one is missing. */
  async function isTooLate(askings: readonly Asking[]): Promise<boolean> {
    const { promise: passed, reject } = Promise.withResolvers<never>();
    const waiting = setTimeout(
      () => reject(new DOMException("Too late", "TimeoutError")),
      deadline,
    );
    const answers = askings.map(({ answer }) => answer);
    try {
      await Promise.race([Promise.all(answers), passed]);
      return false;
    } catch (error) {
      for (const asking of askings) asking.isOver = true;
      // Those that come later are of no interest any more.
      for (const answer of answers) answer.catch(() => {});
      brokenUntil = now() + pause;
      warn("The counts of limits are out of reach", error);
      return true;
    } finally {
      clearTimeout(waiting);
    }
  }

  function warn(message: string, error: unknown): void {
    options.warn?.(message, { reason: errorName(error) });
  }

  // --- telling the store ---

  function plan(): void {
    if (flushEvery === null || closed || timer !== undefined || accounts.size === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      flush().finally(plan);
    }, flushEvery);
    // Limits are no reason to keep a process alive.
    Deno.unrefTimer(timer);
  }

  function flush(): Promise<void> {
    return flushing ??= tendAll(idle).finally(() => flushing = null);
  }

  async function tendAll(idleAfter: number): Promise<void> {
    const all = [...accounts];
    for (let at = 0; at < all.length; at += abreast) {
      const tended = await Promise.allSettled(
        all.slice(at, at + abreast).map(([name, { account }]) => tend(name, account, idleAfter)),
      );
      const failed = tended.find(({ status }) => status === "rejected");
      if (failed?.status === "rejected") return warn("Limits could not be written", failed.reason);
    }
  }

  async function tend(name: string, account: Account, idleAfter: number): Promise<void> {
    await account.tend(now() >= account.id.window.end ? 0 : idleAfter);
    // A call may have come meanwhile.
    if (account.isEmpty && accounts.get(name)?.account === account) accounts.delete(name);
  }

  return {
    reserve,
    ledger,
    flush,
    async close() {
      closed = true;
      clearTimeout(timer);
      await within(deadline * patience, (flushing ?? Promise.resolve()).then(() => tendAll(0)));
    },
  };
}

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  const { promise: passed, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await Promise.race([work, passed]);
  clearTimeout(timer);
}

interface Asking {
  isOver: boolean;
  readonly answer: Promise<void>;
}

/** Lets the call through; what was not taken is counted all the same. */
function reserved(gates: readonly Gate[], missing?: "unchecked"): Outcome {
  for (const { account, amount, taken } of gates) if (!taken) account.force(amount);
  return {
    kind: "reserved",
    reservation: new Reservation(gates.map((gate) => checkedOf(gate, missing))),
  };
}

function checkedOf(gate: Gate, missing?: "unchecked"): Checked {
  const { limit, account, amount, used } = gate;
  return { limit, account, reserved: amount, used, state: stateOf(gate, missing) };
}

function stateOf({ limit, amount, used, taken }: Gate, missing?: "unchecked"): Checked["state"] {
  if (!taken) return missing ?? (limit.enforced ? "blocked" : "would_block");
  return limit.warnAt !== null && used + amount >= limit.warnAt ? "warned" : "allowed";
}

function giveBack(gates: readonly Gate[]): void {
  for (const { account, amount, taken } of gates) if (taken) account.settle(amount, 0n);
}

/** Of several closed limits the one that is closed longest is told: waiting for less is in vain. */
function denialOf(checked: readonly Checked[], now: number): Denial {
  let longest: Denial | null = null;
  for (const closed of checked) {
    if (closed.state !== "blocked") continue;
    const { limit, account } = closed;
    // What is only reserved may be free in a moment.
    const isSpent = account.spent >= limit.quota;
    const untilEnd = Math.ceil((account.id.window.end - now) / 1_000);
    const retryAfter = isSpent ? Math.max(1, untilEnd) : 1;
    if (!longest || retryAfter > longest.retryAfter) longest = { closed, retryAfter, checked };
  }
  if (!longest) throw new Error("No limit is closed");
  return longest;
}
