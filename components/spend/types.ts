/**
 * What the spend page is made of.
 *
 * @module
 */
import type { Breakdown } from "@/core/analytics/breakdown_types.ts";
import type { Counterfactual } from "@/core/analytics/counterfactual_types.ts";
import type { Forecast } from "@/core/analytics/forecast.ts";
import type { Timeseries } from "@/core/analytics/types.ts";
import type { Unpriced } from "@/core/analytics/unpriced.ts";
import type { KeyNames } from "../key_names.ts";

export interface SpendData {
  readonly series: Timeseries;
  readonly groups: Breakdown;
  readonly forecast: Forecast;
  readonly unpriced: Unpriced;
  /** Names of properties, most calls first. */
  readonly properties: readonly string[];
  /** What keys are called. */
  readonly names: KeyNames;
  /** Null when no model was chosen. */
  readonly other: OtherModel | null;
}

export type OtherModel =
  | { readonly ok: true; readonly value: Counterfactual }
  | { readonly ok: false; readonly message: string };

export const orders = ["cost", "requests", "errors", "tokens"] as const;
export type Order = (typeof orders)[number];

export function readOrder(params: URLSearchParams): Order {
  const asked = params.get("order");
  return orders.find((order) => order === asked) ?? "cost";
}

/** The model that the traffic is compared on, as `provider/model`. */
export function readTarget(params: URLSearchParams): string | null {
  const asked = params.get("target")?.trim().slice(0, 300);
  return asked ? asked : null;
}
