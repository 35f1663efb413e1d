/**
 * Keeps what a page shows fresh while the page is seen: one read after the other, never two at once,
 * none while the page is hidden, and slower while reads fail. What was read before stays.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Read, ReadFailure } from "./read.ts";

const slowestMs = 300_000;

export interface LiveState<T> {
  /** Null until the first read has succeeded. */
  readonly value: T | null;
  /** ISO UTC of the moment that the value is from. */
  readonly readAt: string;
  /** Why the last read gave nothing; the value before it stays. */
  readonly failure: ReadFailure | null;
}

export interface LiveOptions<T> {
  /** What the server wrote into the page; null when it could not read it. */
  readonly start: T | null;
  readonly startedAt: string;
  /** Reads it again. Rejects only when the signal is aborted. */
  readonly load: (signal: AbortSignal) => Promise<Read<T>>;
  readonly live: boolean;
  readonly everySeconds: number;
  /** What is looked at: another one begins anew. */
  readonly of: string;
}

/** The state, and a way to read it at once. */
export type Live<T> = readonly [state: LiveState<T>, readNow: () => void];

export function useLive<T>(options: LiveOptions<T>): Live<T> {
  const { start, startedAt, live, everySeconds, of } = options;
  const [state, setState] = useState<LiveState<T>>({
    value: start,
    readAt: startedAt,
    failure: null,
  });
  const wake = useRef<() => void>(() => {});
  const load = useRef(options.load);
  load.current = options.load;

  useEffect(() => {
    const end = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let reading = false;
    let failures = 0;

    const readOnce = async () => {
      if (reading) return;
      reading = true;
      clearTimeout(timer);
      try {
        const got = await load.current(end.signal);
        failures = got.ok ? 0 : failures + 1;
        setState((before) =>
          got.ok
            ? { value: got.value, readAt: new Date().toISOString(), failure: null }
            : { ...before, failure: got.failure }
        );
        if (!got.ok && got.failure.reason === "signed-out") return;
      } catch (error) {
        if (end.signal.aborted) return;
        throw error;
      } finally {
        reading = false;
      }
      plan();
    };
    const plan = () => {
      if (!live || document.hidden) return;
      timer = setTimeout(readOnce, Math.min(slowestMs, everySeconds * 1_000 * 2 ** failures));
    };
    const onVisibility = () => {
      clearTimeout(timer);
      if (live && !document.hidden) readOnce();
    };

    wake.current = readOnce;
    document.addEventListener("visibilitychange", onVisibility);
    plan();
    return () => {
      end.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisibility);
    };
  }, [of, live, everySeconds]);

  return [state, () => wake.current()];
}
