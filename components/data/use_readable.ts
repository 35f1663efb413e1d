/**
 * What a page was given by the server, and reading it anew after it was changed. What cannot be read
 * stays as it was shown.
 *
 * @module
 */
import { useState } from "preact/hooks";
import { type Answer, read } from "./read.ts";

/** How long reading anew may take. */
const longestMs = 20_000;

export interface Readable<T> {
  readonly value: T;
  set(value: T): void;
  again(): Promise<void>;
}

export function useReadable<T>(start: T, ask: () => Promise<Answer<T>>): Readable<T> {
  const [value, set] = useState(start);
  return {
    value,
    set,
    async again() {
      const signal = AbortSignal.timeout(longestMs);
      const got = await read(ask, { signal }).catch(() => null);
      if (got?.ok) set(got.value);
    },
  };
}
