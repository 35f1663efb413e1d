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
  /** Takes the failure away. */
  forget(): void;
}

export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ReadFailure | null>(null);
  return {
    busy,
    failure,
    async run(ask) {
      setBusy(true);
      setFailure(null);
      const done = await read(ask, { signal: AbortSignal.timeout(longestMs), retries: false });
      setBusy(false);
      if (!done.ok) setFailure(done.failure);
      return done;
    },
    forget: () => setFailure(null),
  };
}

/** What is wrong with a field, if that is why the change failed. */
export function problemOf(failure: ReadFailure | null, field: string): string | null {
  return failure?.fields?.find((one) => one.field === field)?.expected ?? null;
}
