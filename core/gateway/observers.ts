/**
 * Those who take part in a call's answer beside its client: observers get every byte as it is passed
 * to the client, an audience keeps the exchange going after the client has left. An observer that
 * throws is told nothing more and costs the call nothing.
 *
 * @module
 */
import { errorName } from "../caught.ts";
import type { AppError } from "../error.ts";
import type { Head } from "./plan.ts";

/** Sees an answer as its client does, and at the same time: the end comes after the commit. */
export interface Observer {
  /** Once, before all else. */
  onHead(head: Head): void;
  /** A piece of the body as the provider coded it, without what the gateway takes out. Not to be changed. */
  onChunk(bytes: Uint8Array): void;
  /** The answer came whole. */
  onEnd(): void;
  /** It did not, and nothing more follows; may be the first and only thing told. Null: the client left. */
  onBroken(error: AppError | null): void;
}

/** Those who wait for an answer that another call's client asked for. */
export interface Audience {
  /** The provider is about to be called: no stage can refuse the call any more. */
  takeOff(): void;
  /** Whether somebody waits now. Asked when the client leaves, or cannot keep up. */
  wanted(): boolean;
  /** Called when the client left while somebody waited: `stop` is to be called when nobody does any more. */
  whenDeserted(stop: () => void): void;
}

type Warn = (message: string, details: Readonly<Record<string, unknown>>) => void;

/** Tells every observer; leaves out those that threw. */
export function tell(
  observers: Observer[],
  warn: Warn,
  what: (observer: Observer) => void,
): void {
  for (const observer of [...observers]) {
    try {
      what(observer);
    } catch (error) {
      observers.splice(observers.indexOf(observer), 1);
      warn("An observer of an answer failed", {
        reason: errorName(error),
      });
    }
  }
}
