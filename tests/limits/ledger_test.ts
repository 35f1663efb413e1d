import { expect } from "expect";
import fc from "fast-check";
import { Account } from "@/core/limits/account.ts";
import { type AccountId, Ledger, totalsOf } from "@/core/limits/ledger.ts";
import { windowAt } from "@/core/limits/window.ts";
import { type Fate, faultyKv } from "@/tests/fixtures/faulty_kv.ts";
import { Clock, limitOf } from "./fixture.ts";

const lease = 30_000;
const processes = 3;
const largest = 40;

type Step =
  | { readonly do: "reserve"; readonly by: number; readonly amount: number }
  | { readonly do: "settle"; readonly which: number; readonly part: number }
  | { readonly do: "tend"; readonly by: number; readonly idle: boolean }
  | { readonly do: "crash"; readonly by: number }
  | { readonly do: "wait"; readonly milliseconds: number };

const by = fc.nat(processes - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("reserve" as const),
      by,
      amount: fc.integer({ min: 1, max: largest }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      which: fc.nat(),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("tend" as const), by, idle: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("wait" as const), milliseconds: fc.nat(8_000) }),
  },
);
const crash: fc.Arbitrary<Step> = fc.record({ do: fc.constant("crash" as const), by });
const fates = fc.array(
  fc.constantFrom<Fate>("well", "well", "well", "lost", "unacknowledged", "late"),
  { minLength: 30, maxLength: 30 },
);

interface Open {
  readonly account: Account;
  readonly amount: bigint;
}

class Model {
  readonly clock = new Clock();
  readonly id: AccountId;
  readonly ledger: Ledger;
  readonly open: Open[] = [];
  accounts: Account[];
  spent = 0n;
  crashed = false;
  readonly crossed: number[] = [];
  readonly #quota: bigint;

  constructor(kv: ConstructorParameters<typeof Ledger>[0], quota: bigint) {
    this.#quota = quota;
    const window = windowAt("month", this.clock.now());
    this.id = { project: "p", limit: limitOf({ unit: "tokens" }), subject: "", window };
    this.ledger = new Ledger(kv, this.clock.now);
    this.accounts = Array.from({ length: processes }, () => this.start());
  }

  start(): Account {
    return new Account(this.id, { quota: this.#quota, warnAt: this.#quota / 2n }, {
      ledger: this.ledger,
      process: crypto.randomUUID(),
      now: this.clock.now,
      lease,
      onCrossed: (_, level) => this.crossed.push(level),
    });
  }

  get reserved(): bigint {
    return this.open.reduce((sum, { amount }) => sum + amount, 0n);
  }

  /** Runs a step; what it leaves under way is given back. */
  async run(one: Step): Promise<void> {
    switch (one.do) {
      case "reserve": {
        const account = this.accounts[one.by]!; // `by` is an index of it
        const amount = BigInt(one.amount);
        const granted = account.take(amount) || await account.ask(amount).catch(() => false);
        if (granted) this.open.push({ account, amount });
        return;
      }
      case "settle": {
        const [open] = this.open.splice(one.which % Math.max(1, this.open.length), 1);
        if (!open) return;
        const actual = BigInt(Math.floor(Number(open.amount) * one.part));
        open.account.settle(open.amount, actual);
        this.spent += actual;
        return;
      }
      case "tend":
        await this.accounts[one.by]!.tend(one.idle ? 0 : 2_000).catch(() => {});
        return;
      case "wait":
        this.clock.at += one.milliseconds;
        // As a living process does: no statement runs out.
        for (const account of this.accounts) await account.tend(Infinity).catch(() => {});
        return;
      case "crash": {
        this.crashed = true;
        const gone = this.accounts[one.by];
        for (let at = this.open.length - 1; at >= 0; at--) {
          if (this.open[at]?.account === gone) this.open.splice(at, 1);
        }
        this.accounts[one.by] = this.start();
      }
    }
  }

  /** Ends everything, as a stop does. */
  async end(): Promise<void> {
    for (const { account, amount } of this.open.splice(0)) {
      account.settle(amount, amount);
      this.spent += amount;
    }
    for (const account of this.accounts) {
      while (!account.isEmpty) await account.tend(0).catch(() => {});
    }
  }

  async totals() {
    return totalsOf((await this.ledger.look(this.id)).sheet, this.clock.now());
  }
}

async function inMemory(run: (kv: Deno.Kv) => Promise<void>): Promise<void> {
  const kv = await Deno.openKv(":memory:");
  try {
    await run(kv);
  } finally {
    kv.close();
  }
}

const quotas = fc.bigInt({ min: 0n, max: 200n });

Deno.test("whatever the order of calls, what is spent and reserved never exceeds the quota by more than one reservation, and the sums are exact", async () => {
  await fc.assert(
    fc.asyncProperty(
      quotas,
      fc.array(step, { maxLength: 80, size: "max" }),
      async (quota, steps) => {
        await inMemory(async (kv) => {
          const model = new Model(kv, quota);
          for (const one of steps) {
            await model.run(one);
            expect(model.spent + model.reserved < quota + BigInt(largest)).toBe(true);
            if (quota === 0n) expect(model.reserved).toBe(0n);
          }
          for (const account of model.accounts) await account.tend(Infinity);
          const [first] = model.accounts;
          const granted = await first?.ask(1n);
          expect(first?.used).toBe(model.spent + model.reserved + (granted ? 1n : 0n));
          if (granted) first?.settle(1n, 0n);
          await model.end();
          expect(await model.totals()).toEqual({ spent: model.spent, reserved: 0n, spare: 0n });
          // Each level is told at most once, and told when it is reached.
          expect(new Set(model.crossed).size).toBe(model.crossed.length);
          if (quota > 0n) expect(model.crossed.includes(2)).toBe(model.spent >= quota);
        });
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("calls at once on several processes keep to the quota", async () => {
  await fc.assert(
    fc.asyncProperty(
      quotas,
      fc.array(
        fc.array(fc.record({ step, after: fc.nat(5) }), {
          minLength: 1,
          maxLength: 12,
          size: "max",
        }),
        { maxLength: 8, size: "max" },
      ),
      async (quota, waves) => {
        await inMemory(async (kv) => {
          const model = new Model(kv, quota);
          for (const wave of waves) {
            await Promise.all(wave.map(async ({ step, after }) => {
              // So that steps begin while others wait for the store.
              for (let turn = 0; turn < after; turn++) await kv.get(["nothing"]);
              await model.run(step);
            }));
            expect(model.spent + model.reserved < quota + BigInt(largest)).toBe(true);
          }
          await model.end();
          expect(await model.totals()).toEqual({ spent: model.spent, reserved: 0n, spare: 0n });
        });
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("a call that is served while an idle account is given back keeps its statement", async () => {
  await inMemory(async (kv) => {
    const model = new Model(kv, 1n);
    const [one, other] = model.accounts;
    if (!one || !other) throw new Error("There are several.");
    expect(await one.ask(1n)).toBe(true);
    one.settle(1n, 0n);
    // Until the account has nothing to do with the store any more.
    await kv.get(["nothing"]);
    const tending = one.tend(0);
    const asked = one.ask(3n);
    await tending;
    expect(await asked).toBe(true);
    expect(await other.ask(38n)).toBe(false);
    one.settle(3n, 3n);
    await model.end();
  });
});

Deno.test("commits that are lost, unacknowledged or late neither lose nor double what was spent", async () => {
  await fc.assert(
    fc.asyncProperty(
      quotas,
      fc.array(step, { maxLength: 60, size: "max" }),
      fates,
      async (quota, steps, given) => {
        await inMemory(async (inner) => {
          let at = 0;
          let faulty = true;
          const kv = faultyKv(inner, () => faulty ? given[at++ % given.length] ?? "well" : "well");
          const model = new Model(kv, quota);
          for (const one of steps) {
            await model.run(one);
            expect(model.spent + model.reserved < quota + BigInt(largest)).toBe(true);
          }
          faulty = false;
          await kv.settle();
          await model.end();
          // A reservation whose answer was lost is nobody's: its statement runs out.
          model.clock.at += lease + 1;
          expect((await model.totals()).spent).toBe(model.spent);
        });
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("what a crashed process had reserved is free again after its lease, what it told as spent stays", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.bigInt({ min: 1n, max: 200n }),
      fc.array(fc.oneof({ weight: 8, arbitrary: step }, { weight: 1, arbitrary: crash }), {
        maxLength: 80,
        size: "max",
      }),
      async (quota, steps) => {
        await inMemory(async (kv) => {
          const model = new Model(kv, quota);
          for (const one of steps) {
            await model.run(one);
            // What was not told in time is forgotten, never the other way round.
            expect((await model.totals()).spent <= model.spent).toBe(true);
          }
          for (let by = 0; by < processes; by++) await model.run({ do: "crash", by });
          const { spent } = await model.totals();
          model.clock.at += lease + 1;
          const account = model.accounts[0]!; // there are three
          expect(await account.ask(1n)).toBe(spent < quota);
          expect(account.used).toBe(spent + (spent < quota ? 1n : 0n));
        });
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("a process that was thought dead and comes back is counted once, whatever became of its commits", async () => {
  const stall = fc.record({
    do: fc.constant("stall" as const),
    milliseconds: fc.constantFrom(lease + 1, 2 * 3_600_000),
  });
  await fc.assert(
    fc.asyncProperty(
      quotas,
      fc.array(fc.oneof({ weight: 8, arbitrary: step }, { weight: 1, arbitrary: stall }), {
        maxLength: 80,
        size: "max",
      }),
      fates,
      async (quota, steps, given) => {
        await inMemory(async (inner) => {
          let at = 0;
          const kv = faultyKv(inner, () => given[at++ % given.length] ?? "well");
          const model = new Model(kv, quota);
          for (const one of steps) {
            if (one.do === "stall") model.clock.at += one.milliseconds;
            else await model.run(one);
          }
          given.fill("well");
          await kv.settle();
          await model.end();
          model.clock.at += lease + 1;
          expect(await model.totals()).toEqual({ spent: model.spent, reserved: 0n, spare: 0n });
        });
      },
    ),
    { numRuns: 100 },
  );
});

/** Lets what was begun come to its end. */
const turn = () => new Promise((resolve) => setTimeout(resolve));

/** Takes all that an account gives, one at a time. */
async function takeAll(account: Account): Promise<bigint> {
  let taken = 0n;
  while (await account.ask(1n)) taken++;
  return taken;
}

Deno.test("what was put aside is not given after the lease ran out, nor while it is given back", async () => {
  await inMemory(async (kv) => {
    const model = new Model(kv, 1_000n);
    const [a, b] = model.accounts;
    if (!a || !b) throw new Error("There are three");
    expect(await a.ask(1n)).toBe(true);
    await turn();
    const returning = a.tend(0);
    const taken = a.take(100n) ? 100n : 0n;
    await returning.catch(() => {});
    expect(1n + taken + await takeAll(b)).toBe(1_000n);

    const later = new Model(kv, 2_000n);
    const [c, d] = later.accounts;
    if (!c || !d) throw new Error("There are three");
    expect(await c.ask(1n)).toBe(true);
    await turn();
    later.clock.at += lease + 1;
    expect(c.take(1n)).toBe(false);
  });
});

Deno.test("a commit that seemed to fail and arrives late takes back what was put aside", async () => {
  await inMemory(async (inner) => {
    let fate: Fate = "well";
    const kv = faultyKv(inner, () => fate);
    const model = new Model(kv, 1_000n);
    const [a, b] = model.accounts;
    if (!a || !b) throw new Error("There are three");
    expect(await a.ask(1n)).toBe(true);
    fate = "late";
    await expect(a.tend(0)).rejects.toThrow("still on its way");
    fate = "well";
    await kv.settle();
    const taken = a.take(100n) ? 100n : 0n;
    expect(1n + taken + await takeAll(b)).toBe(1_000n);
  });
});
