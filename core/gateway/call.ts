/**
 * One call on its way through the gateway. Stages fill it in one after the other; the event that
 * ends the call is written from it.
 *
 * @module
 */
import type { CacheStatus, CallData } from "../event/call.ts";
import type { ProjectKey } from "../identity/contract.ts";
import type { Checked } from "../limits/reservation.ts";
import type { EventDraft } from "../log/contract.ts";
import type { KeyRing } from "../vault/types.ts";
import type { Capture } from "./capture.ts";
import type { Client } from "./client.ts";
import type { Coding } from "./decompress.ts";
import type { AnswerFacts } from "./formats/format.ts";
import type { ReadHeaders } from "./headers.ts";
import type { Audience, Observer } from "./observers.ts";
import type { Attempted, Plan } from "./plan.ts";
import type { ProjectProviders } from "./providers/project_providers.ts";
import type { AuthHeader, Provider } from "./providers/provider.ts";
import type { Route } from "./route.ts";
import type { Target } from "./target.ts";
import type { Original } from "./translate/translation.ts";

export interface Call {
  /** The event's id, and the request id that the client is told. */
  readonly id: string;
  /** Arrival, in milliseconds since 1970. */
  readonly at: number;
  /** Arrival on the monotonic clock, in milliseconds. */
  readonly started: number;
  readonly request: Request;
  readonly client: Client;
  readonly method: string;
  readonly route: Route;
  readonly headers: ReadHeaders;

  // Set by `identify`.
  project: ProjectKey | null;
  /** The header that carried the project key: the provider's key may go the same way. */
  clientAuth: AuthHeader | null;
  /** Whether the request brings the provider's own credentials. */
  ownCredentials: boolean;
  /** The query as it goes on, with its question mark; without keys. */
  query: string;

  // Set by `readSettings`.
  /** The keys of the project's vault; null without one. */
  keys: KeyRing | null;
  /** The providers that the project may call. */
  providers: ProjectProviders;

  // Set by `readBody`.
  /** The body as the client sent it. */
  body: Uint8Array;
  /** The body as JSON, parsed by `choose`; undefined when it is none, or nobody knows what it means. */
  json: unknown;
  /** Milliseconds spent waiting for the client's body. */
  bodyWait: number;

  // Set by `choose`.
  /** The model as the request names it. */
  askedModel: string;
  /** The provider that the request's own credentials are for. */
  credentialsFor: Provider | null;
  provider: Provider | null;
  /** The model that was asked for, without the provider's prefix. */
  model: string;
  stream: boolean;
  /** The end user that the body names. */
  bodyUser: string | null;
  target: Target | null;

  // Set by any stage before `forward`.
  /** Decides on further attempts; null for one attempt. */
  plan: Plan | null;
  /** Who waits for the answer beside the client; null for nobody. */
  audience: Audience | null;
  /** Who is told of the answer as it goes to the client. */
  readonly observers: Observer[];
  /** Called with the finished event just before it is handed to the log; they may complete its data. */
  readonly onFinished: ((draft: CallDraft, facts: AnswerFacts) => void)[];
  /** What the cache did; the answer's head and the event tell it. */
  cacheStatus: CacheStatus;
  /** What the limits that it met said, so far. */
  readonly limits: Checked[];
  /** Headers that the answer gets, an error answer too: names and values in turn. */
  readonly answerHeaders: string[];

  // Set by `forward`.
  /** Every attempt that was made, in turn; the last one's answer is the client's. */
  readonly attempts: Attempted[];
  /** When the request was sent upstream, on the monotonic clock. */
  sentAt: number | null;
  answer: Answer | null;
  /** Whether the call's terminal event was handed to the log. */
  recorded: boolean;
}

/** The event that ends a call, before the log has it. What was measured here is known. */
export type CallDraft = Extract<EventDraft, { data: CallData }> & {
  data: CallData & { latency_ms: number };
};

/** The provider's answer as far as it came. */
export interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  /** The head's lines: names and values in turn. */
  readonly headers?: readonly string[];
  readonly coding: Coding | null;
  readonly capture: Capture;
  /** What the provider said, of an answer that was translated: its usage is read from this. */
  readonly original?: Original | undefined;
  /** When the body's first byte came, on the monotonic clock. */
  firstByteAt: number | null;
  /** When its latest byte came. */
  lastByteAt?: number;
  /** The longest time between two chunks, in milliseconds. */
  longestGap?: number;
  /** Bytes handed to the client. */
  sentBytes: number;
}

/**
 * One step of a call: answers, which ends the call, or passes it on with null. A step that cannot do
 * its work throws an `AppError`.
 */
export type Stage = (call: Call) => Response | null | Promise<Response | null>;
