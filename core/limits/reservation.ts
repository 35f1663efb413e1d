/**
 * What a call has reserved with the limits that concern it, and what they said of it.
 *
 * @module
 */
import type { LimitDecision } from "../event/limits.ts";
import type { Account } from "./account.ts";
import { type Amounts, amountText } from "./amount.ts";
import type { Limit } from "./policy.ts";

/** One limit as a call met it. */
export interface Checked {
  readonly limit: Limit;
  readonly account: Account;
  readonly reserved: bigint;
  readonly state: "allowed" | LimitDecision["state"];
  /** Spent and reserved when the call came, without the call. */
  readonly used: bigint;
}

export class Reservation {
  readonly checked: readonly Checked[];
  #open = true;

  constructor(checked: readonly Checked[]) {
    this.checked = checked;
  }

  /** Ends the reservation with what the call really took. Only the first end counts. */
  settle(actual: Amounts): void {
    if (!this.#open) return;
    this.#open = false;
    for (const { limit, account, reserved } of this.checked) {
      account.settle(reserved, actual[limit.unit]);
    }
  }
}

/** What should stand in the call's event: empty when there is nothing to remark. */
export function decisionsOf(checked: readonly Checked[]): LimitDecision[] {
  const decisions: LimitDecision[] = [];
  for (const { limit, account, state, used } of checked) {
    if (state === "allowed") continue;
    decisions.push({
      limit: limit.id,
      scope: limit.scope,
      subject: account.id.subject,
      unit: limit.unit,
      window: String(limit.window),
      quota: amountText(limit.unit, limit.quota),
      used: amountText(limit.unit, used),
      resets_at: new Date(account.id.window.end).toISOString(),
      state,
    });
  }
  return decisions;
}
