import { expect } from "expect";
import { openLog } from "@/core/log/open.ts";
import { stores, withStore } from "./stores.ts";

const clock = () => Date.parse("2026-11-23T09:00:00.500Z");

for (const [name, open] of Object.entries(stores)) {
  Deno.test(`openLog() creates once and then reads what was created (${name})`, () =>
    withStore(open, async ({ write, read }) => {
      const both = await Promise.all([
        openLog({ write, read }, { partitions: 3, clock }),
        openLog({ write: read, read: write }, { partitions: 5, clock: () => clock() + 5_000 }),
      ]);
      expect(both[0]).toEqual(both[1]);
      expect([3, 5]).toContain(both[0]?.partitions);
      expect(await openLog({ write, read }, { partitions: 9 })).toEqual(both[0]);
    }));
}

Deno.test("openLog() takes the second of creation as generation", () =>
  withStore(stores.memory ?? Promise.reject, async (handles) => {
    expect(await openLog(handles, { clock })).toEqual({
      generation: 1_795_424_400,
      partitions: 4,
      createdAt: "2026-11-23T09:00:00.500Z",
    });
  }));

Deno.test("openLog() refuses a damaged identity and a senseless number of partitions", () =>
  withStore(stores.memory ?? Promise.reject, async (handles) => {
    await expect(openLog(handles, { partitions: 0 })).rejects.toThrow();
    await handles.write.set(["meta", "log"], { generation: "1" });
    await expect(openLog(handles)).rejects.toThrow("identity is damaged");
  }));
