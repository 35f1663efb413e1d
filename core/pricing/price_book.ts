/**
 * The prices that projects have negotiated. The log's `price.changed` events are the truth; gateways
 * read the last state at most every few seconds, and use no price that the log does not hold.
 *
 * Owns `["pricing", …]`.
 *
 * @module
 */
import { type PricesData, pricesDataSchema, type ProjectPrice } from "../event/price.ts";
import type { LogReader } from "../log/contract.ts";
import type { KvPort } from "../log/kv.ts";
import {
  type BookPorts,
  createBook,
  type Kept,
  replayBook,
  type Subject,
} from "../settings/book.ts";
import { noProjectPrices, type ProjectPrices } from "./project_price.ts";

/** A project's prices, and when they became so. */
export type KeptPrices = Kept<ProjectPrices>;

export interface PriceBook {
  /** As of now. */
  get(project: string): Promise<KeptPrices>;
  /** As of at most five seconds ago: from memory, a promise only when nothing fresh enough is there. */
  recent(project: string): ProjectPrices | Promise<ProjectPrices>;
  /**
   * Replaces all prices of a project; resolves when the change is in the log and holds.
   *
   * @param replaces the version that the caller has seen; a later one must not be overwritten
   * @throws {AppError} `conflict` when there is a later one, `bad_request` when it is too much to keep
   */
  put(
    project: string,
    prices: readonly ProjectPrice[],
    replaces?: number,
  ): Promise<KeptPrices>;
  /** Resolves when nothing is being read. */
  idle(): Promise<void>;
}

const prices: Subject<PricesData> = {
  place: ["pricing"],
  empty: noProjectPrices,
  field: "prices",
  parse: (stored) => pricesDataSchema.parse(stored),
  event: (data) => ({ type: "price.changed", v: 1, data }),
  fromEvent: ({ type, v, data }) =>
    type === "price.changed" && v === 1 ? pricesDataSchema.parse(data) : null,
};

export function createPriceBook(ports: BookPorts): PriceBook {
  const book = createBook(prices, ports);
  return {
    ...book,
    put: (project, list, replaces) =>
      book.put(project, (version) => ({ version, prices: [...list] }), replaces),
  };
}

/** Brings KV to the state that the log tells of: after a restore, or when KV was lost. */
export function replayPrices(kv: KvPort, reader: LogReader): Promise<number> {
  return replayBook(prices, kv, reader);
}
