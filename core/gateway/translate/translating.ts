/**
 * One translation of a request on its way: which format it comes from and goes to, and what was left
 * out. It is also where everything is refused that cannot be carried.
 *
 * @module
 */
import { AppError } from "../../error.ts";
import { entryFor, type LeftOutName } from "./left_out.ts";
import type { Dialect } from "./request.ts";

/** What a writer must know of the model and the provider that it writes for. */
export interface Recipient {
  readonly provider: string;
  readonly model: string;
}

export class Translating {
  readonly from: Dialect;
  readonly to: Dialect;
  readonly recipient: Recipient;
  readonly #left = new Set<LeftOutName>();

  constructor(from: Dialect, to: Dialect, recipient: Recipient) {
    this.from = from;
    this.to = to;
    this.recipient = recipient;
  }

  /** What was left out, by its name in the table. */
  get left(): readonly LeftOutName[] {
    return [...this.#left];
  }

  /** Leaves something out that the table names. */
  leave(name: LeftOutName): void {
    this.#left.add(name);
  }

  /** A field that nobody read: left out when the table names it, else refused. */
  unread(field: string): void {
    const entry = entryFor(this.from, field, this.to);
    if (!entry) throw this.impossible(field);
    this.leave(entry);
  }

  /** The error that says what cannot be carried. */
  impossible(field: string, reason?: string): AppError {
    return new AppError("translation_impossible", {
      field: field.slice(0, 300),
      from: this.from,
      to: this.to,
      ...(reason && { reason }),
    });
  }
}
