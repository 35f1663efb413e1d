import { expect } from "expect";
import { deadline } from "@/clickhouse/deadline.ts";
import { StoreError } from "@/clickhouse/store_error.ts";

/** A step that ends only with its call. */
function endless(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => reject(new Error("cut short")));
  return promise;
}

Deno.test("A step that takes too long is cut short and transient", async () => {
  using call = deadline(undefined, 10);
  const run = call.run(() => endless(call.signal));
  await expect(run).rejects.toBeInstanceOf(StoreError);
  await expect(run).rejects.toMatchObject({ kind: "transient", reason: "No answer in 10 ms" });
});

Deno.test("Time between two steps does not count: a reader may be slow", async () => {
  using call = deadline(undefined, 10);
  await call.run(() => Promise.resolve());
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await call.run(() => Promise.resolve("in time"))).toBe("in time");
  expect(call.signal.aborted).toBe(false);
});

Deno.test("The caller's abort ends the step with the caller's reason", async () => {
  const caller = new AbortController();
  using call = deadline(caller.signal, 60_000);
  const run = call.run(() => endless(call.signal));
  caller.abort("enough");
  await expect(run).rejects.toBe("enough");
  await expect(call.run(() => Promise.resolve())).rejects.toBe("enough");
});

Deno.test("An error of the step itself is handed on as it is", async () => {
  using call = deadline(undefined, 60_000);
  const mistake = new TypeError("a bug");
  await expect(call.run(() => Promise.reject(mistake))).rejects.toBe(mistake);
});
