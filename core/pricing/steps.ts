/**
 * Where a price changes.
 *
 * @module
 */

export interface PriceSteps {
  /** Milliseconds since 1970: from then on another price may hold. */
  readonly instants: readonly number[];
  /** Seconds since midnight UTC: from then on, each day. */
  readonly secondsOfDay: readonly number[];
  /** Lengths in tokens: above them. */
  readonly inputTokens: readonly number[];
}
