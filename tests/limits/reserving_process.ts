/**
 * Spends 30 tokens, reserves 70 more, says so and waits to be killed.
 *
 * @module
 */
import { amounts, caller, Clock, limiterOn, limitOf } from "./fixture.ts";

using kv = await Deno.openKv(Deno.args[0]);
const limiter = limiterOn(kv, new Clock());
const limit = limitOf({ id: "l", unit: "tokens", quota: 100, window: "month" });
const first = await limiter.reserve([limit], caller, amounts({ tokens: 30n }), false);
if (first?.kind !== "reserved") throw new Error("Not reserved");
first.reservation.settle(amounts({ tokens: 30n }));
const second = await limiter.reserve([limit], caller, amounts({ tokens: 70n }), false);
if (second?.kind !== "reserved") throw new Error("Not reserved");
await limiter.flush();
await Deno.stdout.write(new TextEncoder().encode("spent 30, reserved 70\n"));
await new Promise((resolve) => setTimeout(resolve, 60_000));
