import { expect } from "expect";
import { kvLimits } from "@/core/log/kv.ts";
import { deployKv } from "../fixtures/deploy_kv.ts";
import { kvContract } from "./kv_contract.ts";
import { inMemory, stores } from "./stores.ts";

for (const [name, open] of Object.entries(stores)) kvContract(name, open);

Deno.test("the stand-in for Deno Deploy refuses what the platform lacks", () =>
  inMemory(async ({ write }) => {
    const kv = deployKv(write);
    const checked = kv.atomic();
    for (let i = 0; i <= kvLimits.atomicChecks; i++) {
      checked.check({ key: ["k", i], versionstamp: null });
    }
    await expect(checked.set(["k"], 1).commit()).rejects.toThrow("Too many checks");
    await expect(kv.enqueue("x")).rejects.toThrow("not supported");
    await expect(kv.listenQueue(() => {})).rejects.toThrow();
    expect(() => kv.watch([["k"]])).toThrow();
  }));
