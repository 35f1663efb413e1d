/**
 * What is known of a request beside its events, and what one event becomes.
 *
 * @module
 */
import type { Source } from "../event/span.ts";
import type { EventDraft, Payload } from "../log/contract.ts";
import type { ProjectPrices } from "../pricing/project_price.ts";

export interface IngestContext {
  readonly project: string;
  /** The key's public part. */
  readonly keyId: string;
  /** When the request arrived, in milliseconds since 1970. */
  readonly now: number;
  readonly source: Source;
  /** The project's own prices; null when they could not be read. */
  readonly prices: ProjectPrices | null;
  /** Makes event ids. */
  readonly newId: (at: number) => string;
}

/** An event ready for the log. */
export interface Entry {
  readonly draft: EventDraft;
  readonly payloads?: Readonly<Record<string, Payload>> | undefined;
}

/** What an opinion about a call says, for whoever learns from it. */
export interface Feedback {
  readonly project: string;
  /** The call's event. */
  readonly eventId: string;
  /** Above 0 is good, below is bad. */
  readonly value: number;
  readonly comment: string | null;
}

/** One event of a client, and what else follows from it. */
export interface Drafted extends Entry {
  /** Further events, e.g. the spans of a call's tools. */
  readonly derived?: readonly Entry[];
  readonly feedback?: Feedback;
}
