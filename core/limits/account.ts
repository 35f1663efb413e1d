/**
 * This process's part of one account. Reservations are given out of what it has put aside, in memory;
 * only when that runs short is the store asked, once for all calls that wait meanwhile.
 *
 * Guarantees, over all processes: a reservation is given only while less than the quota is spent,
 * reserved or put aside, so these never exceed the quota by more than one reservation. The nearer the
 * quota, the less is put aside, and the last calls are each asked for.
 *
 * @module
 */
import {
  type AccountId,
  type Ledger,
  type Level,
  pruned,
  type Sheet,
  type Standing,
  totalsOf,
} from "./ledger.ts";

/** One part in so many of what is left is put aside. */
const share = 8n;

/** What an account knows of the limit that it is of; it may be changed in the middle of a window. */
export interface Bounds {
  readonly quota: bigint;
  readonly warnAt: bigint | null;
}

export interface AccountPorts {
  readonly ledger: Ledger;
  /** This process's name in the store. */
  readonly process: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long a statement holds without being renewed, in milliseconds. */
  readonly lease: number;
  /** Told once, over all processes, for each level. */
  readonly onCrossed: (account: Account, level: Level, spent: bigint) => void;
}

interface Waiting {
  readonly amount: bigint;
  readonly resolve: (granted: boolean) => void;
  readonly reject: (error: unknown) => void;
}

export class Account {
  readonly id: AccountId;
  bounds: Bounds;
  readonly #ports: AccountPorts;
  #spent = 0n;
  #reserved = 0n;
  /** What is spent, reserved and put aside here by the stored statement; 0 when that is not sure. */
  #held = 0n;
  /** What the stored statement says that is spent, and reserved. */
  #stated = 0n;
  #statedReserved = 0n;
  #statedUntil = 0;
  /** The others' as last seen. */
  #others = { spent: 0n, reserved: 0n, spare: 0n };
  /** What stands in the store unless somebody changed it. */
  #seen: Standing | null = null;
  #waiting: Waiting[] = [];
  #work: Promise<void> | null = null;
  #usedAt: number;

  constructor(id: AccountId, bounds: Bounds, ports: AccountPorts) {
    this.id = id;
    this.bounds = bounds;
    this.#ports = ports;
    this.#usedAt = ports.now();
  }

  /** Spent by everybody, as far as is known here. */
  get spent(): bigint {
    return this.#others.spent + this.#spent;
  }

  /** Spent and reserved by everybody, as far as is known here. */
  get used(): bigint {
    return this.spent + this.#others.reserved + this.#reserved;
  }

  /** Reserves out of what was put aside; false when that is too little, or just being exchanged. */
  take(amount: bigint): boolean {
    this.#usedAt = this.#ports.now();
    // An exchange gives back what is not reserved when it begins.
    if (this.#work || this.#held - this.#spent - this.#reserved < amount) return false;
    if (this.#statedUntil <= this.#usedAt) return false;
    this.#reserved += amount;
    return true;
  }

  /** Asks the store; false when the quota is used up. Rejects when the store cannot be used. */
  ask(amount: bigint): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ amount, resolve, reject });
      this.#exchange();
    });
  }

  /** Reserves although the quota is used up or the store out of reach, which learns of it later. */
  force(amount: bigint): void {
    this.#reserved += amount;
  }

  /** Ends a reservation. */
  settle(reserved: bigint, actual: bigint): void {
    this.#reserved -= reserved;
    this.#spent += actual;
  }

  // --- the store ---

  /** Nothing is here that the store does not know, and nothing there is ours. */
  get isEmpty(): boolean {
    return this.#held === 0n && this.#spent === 0n && this.#reserved === 0n && !this.#work;
  }

  /**
   * Tells the store what was spent since, renews what runs out, and gives back what nobody has used for
   * a while. Rejects when the store cannot be used.
   *
   * @param idle how long an account is unused before it gives back, in milliseconds
   */
  async tend(idle: number): Promise<void> {
    const { now, lease } = this.#ports;
    const isIdle = now() - this.#usedAt >= idle;
    const runsOut = this.#held > 0n && this.#statedUntil - now() < (lease * 2) / 3;
    const isTold = this.#spent === this.#stated && this.#reserved === this.#statedReserved;
    const returns = isIdle && !this.isEmpty &&
      (this.#reserved === 0n || this.#held > this.#spent + this.#reserved);
    if (isTold && !runsOut && !returns) return;
    // One after the other: the statement that is taken away must be the one that is known here.
    await this.#alone(() => this.#state(isIdle));
    if (isIdle && this.#reserved === 0n) await this.#alone(() => this.#end());
  }

  #exchange(): void {
    if (this.#work) return;
    this.#alone(() => this.#serve()).catch(() => {
      // Those who waited were told.
    });
  }

  /** One at a time with the store. */
  async #alone(work: () => Promise<void>): Promise<void> {
    while (this.#work) await this.#work;
    const working = work();
    const done = working.catch(() => {
      // What was tried may have happened, or may yet: only a write that succeeds makes it sure.
      this.#seen = null;
      this.#held = 0n;
    });
    this.#work = done;
    await done;
    this.#work = null;
    if (this.#waiting.length > 0) this.#exchange();
    await working;
  }

  async #serve(): Promise<void> {
    // All that come in the same turn are served by one commit.
    await Promise.resolve();
    let batch = this.#waiting;
    this.#waiting = [];
    try {
      while (batch.length > 0) {
        const looked = this.#seen === null;
        const seen = await this.#look();
        const served = this.#servable(batch);
        // Somebody may have given something back since.
        if (served === 0 && !looked) continue;
        if (served === 0) break;
        const more = batch.slice(0, served).reduce((sum, { amount }) => sum + amount, 0n);
        if (!await this.#write(seen, more, false)) continue;
        this.#reserved += more;
        for (const { resolve } of batch.slice(0, served)) resolve(true);
        batch = batch.slice(served);
      }
      for (const { resolve } of batch) resolve(false);
    } catch (error) {
      for (const { reject } of batch) reject(error);
      throw error;
    }
  }

  /** How many of those who wait can be served, in their order. */
  #servable(batch: readonly Waiting[]): number {
    const { spent, reserved, spare } = this.#others;
    let sum = spent + reserved + spare + this.#spent + this.#reserved;
    let served = 0;
    for (const { amount } of batch) {
      if (sum >= this.bounds.quota) break;
      sum += amount;
      served++;
    }
    return served;
  }

  async #state(isIdle: boolean): Promise<void> {
    while (!await this.#write(await this.#look(), 0n, isIdle));
  }

  /** What the store says, and what that means for us. */
  async #look(): Promise<Standing> {
    const { ledger, process, now } = this.#ports;
    const seen = this.#seen ?? await ledger.look(this.id);
    this.#seen = null;
    const statement = seen.sheet.statements[process];
    if (statement) {
      // A write that seemed to fail may have been made.
      this.#stated = statement.spent;
      this.#statedReserved = statement.reserved;
    } else {
      // It was taken away: what it said that is spent stays in the account without us.
      this.#spent -= this.#stated;
      this.#stated = this.#statedReserved = this.#held = 0n;
    }
    this.#others = totalsOf(seen.sheet, now(), process);
    return seen;
  }

  /**
   * Writes our statement with so much more reserved; false when the sheet is not what was seen.
   *
   * @param isIdle puts nothing aside
   */
  async #write(seen: Standing, more: bigint, isIdle: boolean): Promise<boolean> {
    const { ledger, process, now, lease } = this.#ports;
    const spent = this.#spent;
    const reserved = this.#reserved + more;
    const { spent: othersSpent, reserved: othersReserved, spare: othersSpare } = this.#others;
    const left = this.bounds.quota - othersSpent - othersReserved - othersSpare - spent - reserved;
    const spare = left > 0n && !isIdle ? left / share : 0n;
    const until = now() + lease;
    const sheet = pruned(seen.sheet, now(), process);
    const level = this.#levelOf(othersSpent + spent);
    const next: Sheet = {
      ...sheet,
      statements: { ...sheet.statements, [process]: { spent, reserved, spare, until } },
      told: level > sheet.told ? level : sheet.told,
    };
    const written = await ledger.replace(this.id, seen, next);
    if (!written) return false;
    this.#seen = written;
    this.#stated = spent;
    this.#statedReserved = reserved;
    this.#statedUntil = until;
    this.#held = spent + reserved + spare;
    this.#tell(sheet.told, level, othersSpent + spent);
    return true;
  }

  #levelOf(spent: bigint): Level {
    const { quota, warnAt } = this.bounds;
    if (spent >= quota) return 2;
    return warnAt !== null && spent >= warnAt ? 1 : 0;
  }

  #tell(told: Level, level: Level, spent: bigint): void {
    if (told < 1 && level >= 1 && this.bounds.warnAt !== null) {
      this.#ports.onCrossed(this, 1, spent);
    }
    if (told < 2 && level >= 2) this.#ports.onCrossed(this, 2, spent);
  }

  /** Takes our statement away; what it says that is spent stays. */
  async #end(): Promise<void> {
    const { ledger, process, now } = this.#ports;
    while (true) {
      // Calls may have been served while this waited for its turn: their statement must stay.
      if (this.#reserved !== 0n) return;
      const seen = await this.#look();
      const { [process]: ours, ...statements } = seen.sheet.statements;
      if (!ours) return;
      const ended = seen.sheet.ended + ours.spent;
      const written = await ledger.replace(this.id, seen, { ...seen.sheet, ended, statements });
      if (!written) continue;
      this.#seen = written;
      this.#spent -= ours.spent;
      this.#stated = this.#statedReserved = this.#held = 0n;
      this.#others = totalsOf(written.sheet, now());
      return;
    }
  }
}
