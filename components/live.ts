/**
 * Keeps figures fresh while the page is seen: one read after the other, never two at once, none while
 * the page is hidden, and slower while reads fail.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import {
  type LiveApi,
  type ReadFailure,
  readFigures,
  readReadiness,
  type View,
} from "./live_client.ts";
import type { Figures } from "./overview_data.ts";
import type { Readiness } from "./readiness.ts";

const intervalMs = 3_000;
const slowestMs = 30_000;

export interface LiveState {
  /** Null until ClickHouse has answered once. */
  readonly figures: Figures | null;
  readonly readiness: Readiness;
  /** ISO UTC of the moment that the figures are from. */
  readonly readAt: string;
  /** Why the last read gave nothing; the figures before it stay. */
  readonly failure: ReadFailure | null;
}

export type LiveStart = Omit<LiveState, "failure">;

export interface LiveOptions {
  readonly api: LiveApi;
  readonly start: LiveStart;
  readonly view: View;
  readonly live: boolean;
}

/** The state, and a way to read it at once. */
export function useLive({ api, start, view, live }: LiveOptions): [LiveState, () => void] {
  const [state, setState] = useState<LiveState>({ ...start, failure: null });
  const wake = useRef<() => void>(() => {});

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
        const [figures, readiness] = await Promise.all([
          readFigures(api, view, end.signal),
          readReadiness(api, view.project, end.signal),
        ]);
        failures = figures.ok ? 0 : failures + 1;
        setState((before) => ({
          figures: figures.ok ? figures.value : before.figures,
          readAt: figures.ok ? new Date().toISOString() : before.readAt,
          readiness: readiness.ok ? readiness.value : before.readiness,
          failure: figures.ok ? (readiness.ok ? null : readiness.failure) : figures.failure,
        }));
        if (!figures.ok && figures.failure.reason === "signed-out") return;
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
      timer = setTimeout(readOnce, Math.min(slowestMs, intervalMs * 2 ** failures));
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
  }, [view.project, view.period, live]);

  return [state, () => wake.current()];
}
