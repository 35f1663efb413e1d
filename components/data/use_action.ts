/**
 * One change at a time: asked for once, with its failure in words until the next one begins.
 *
 * @module
 */
import { useState } from "preact/hooks";
import { type Answer, type Read, read, type ReadFailure } from "./read.ts";

/** How long a change may take. */
const longestMs = 30_000;

export interface Action {
  readonly busy: boolean;
  readonly failure: ReadFailure | null;
  run<T>(ask: () => Promise<Answer<T>>): Promise<Read<T>>;
  /** Says that it failed without asking. */
  fail(failure: ReadFailure): void;
  /** Takes the failure away. */
  forget(): void;
}

const tooLate: ReadFailure = {
  reason: "failed",
  message: "The server did not answer in time: look whether the change was made.",
  requestId: null,
};

export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ReadFailure | null>(null);
  return {
    busy,
    failure,
    async run<T>(ask: () => Promise<Answer<T>>) {
      setBusy(true);
      setFailure(null);
      const options = { signal: AbortSignal.timeout(longestMs), retries: false };
      const done = await read(ask, options).catch((): Read<T> => ({ ok: false, failure: tooLate }));
      setBusy(false);
      if (!done.ok) setFailure(done.failure);
      return done;
    },
    fail: setFailure,
    forget: () => setFailure(null),
  };
}
