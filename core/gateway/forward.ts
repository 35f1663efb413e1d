/**
 * Stage: the exchange with the provider, which ends every call that comes here.
 *
 * @module
 */
import type { Stage } from "./call.ts";
import { Exchange, type ExchangePorts } from "./exchange.ts";
import type { Timeouts } from "./plan.ts";

export interface ForwardPorts extends ExchangePorts {
  /** Of a call without a plan. */
  readonly timeouts: Timeouts;
}

export function forward(ports: ForwardPorts): Stage {
  return function forwardCall(call) {
    const { provider, model, target } = call;
    if (!provider || !target) throw new Error("The call has no target: choose it first");
    const { timeouts } = ports;
    const step = call.plan?.first ??
      { provider, model, name: provider.name, target, timeouts, after: 0 };
    return new Exchange(call, step, ports).run();
  };
}
