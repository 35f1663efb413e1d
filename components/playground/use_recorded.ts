/**
 * Reads what was recorded of a call that has just ended. It is there within two seconds, unless ClickHouse
 * is away.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { type Answer, read } from "../data/read.ts";

/** How long it is waited for, and how long between two looks. */
const longestMs = 20_000;
const pauseMs = 400;

export type Recorded<T> =
  | { readonly phase: "none" | "waiting" }
  | { readonly phase: "there"; readonly value: T }
  /** Why it cannot be read. */
  | { readonly phase: "failed"; readonly message: string };

/** What is not there yet is no failure: it is asked for by a question of its own. */
export interface AskRecorded<T> {
  readonly isThere: (id: string) => Promise<Answer<{ readonly recorded: boolean }>>;
  readonly call: (id: string) => Promise<Answer<T>>;
}

/** @param id of the call once it has ended; null before that */
export function useRecorded<T>(id: string | null, ask: AskRecorded<T>): Recorded<T> {
  const [recorded, setRecorded] = useState<Recorded<T>>({ phase: "none" });
  useEffect(() => {
    setRecorded({ phase: id === null ? "none" : "waiting" });
    if (id === null) return;
    const gone = new AbortController();
    awaited(id, ask, gone.signal).then((found) => {
      if (!gone.signal.aborted) setRecorded(found);
    });
    return () => gone.abort();
  }, [id]);
  return recorded;
}

async function awaited<T>(
  id: string,
  ask: AskRecorded<T>,
  gone: AbortSignal,
): Promise<Recorded<T>> {
  const signal = AbortSignal.any([gone, AbortSignal.timeout(longestMs)]);
  for (;;) {
    const found = await read(() => ask.isThere(id), { signal }).catch(() => null);
    if (found?.ok && found.value.recorded) {
      const got = await read(() => ask.call(id), { signal }).catch(() => null);
      if (got?.ok) return { phase: "there", value: got.value };
      if (got) return { phase: "failed", message: got.failure.message };
    }
    if (found?.ok === false) return { phase: "failed", message: found.failure.message };
    if (signal.aborted) {
      return { phase: "failed", message: "It is not recorded yet: open its call." };
    }
    await new Promise((done) => setTimeout(done, pauseMs));
  }
}
