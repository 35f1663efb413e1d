/**
 * The machine's clock as the simulator takes it.
 *
 * @module
 */
import { systemClock as machine } from "@/consumers/clock.ts";
import type { Clock } from "./contract.ts";

export const systemClock: Clock = {
  now: () => Date.now(),
  // Most answers are given at once: none of them waits for a timer.
  sleep: (ms, signal) => ms <= 0 ? Promise.resolve() : machine.sleep(ms, signal),
};
