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

/** @param id of the call once it has ended; null before that */
export function useRecorded<T>(
  id: string | null,
  ask: (id: string) => Promise<Answer<T>>,
): Recorded<T> {
  const [recorded, setRecorded] = useState<Recorded<T>>({ phase: "none" });
  useEffect(() => {
    setRecorded({ phase: id === null ? "none" : "waiting" });
    if (id === null) return;
    const gone = new AbortController();
    awaited(() => ask(id), gone.signal).then((found) => {
      if (!gone.signal.aborted) setRecorded(found);
    });
    return () => gone.abort();
  }, [id]);
  return recorded;
}

async function awaited<T>(
  ask: () => Promise<Answer<T>>,
  gone: AbortSignal,
): Promise<Recorded<T>> {
  const signal = AbortSignal.any([gone, AbortSignal.timeout(longestMs)]);
  for (;;) {
    const got = await read(ask, { signal }).catch(() => null);
    if (got?.ok) return { phase: "there", value: got.value };
    if (got && got.failure.reason !== "missing") {
      return { phase: "failed", message: got.failure.message };
    }
    if (signal.aborted) {
      return { phase: "failed", message: "It is not recorded yet: open its call." };
    }
    await new Promise((done) => setTimeout(done, pauseMs));
  }
}
