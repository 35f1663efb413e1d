/**
 * The way to the first call, while it is open: it notices the call by itself and turns into the
 * overview.
 *
 * @module
 */
import { useEffect } from "preact/hooks";
import { read } from "@/components/data/read.ts";
import { useLive } from "@/components/data/use_live.ts";
import { Checklist } from "@/components/onboarding/checklist.tsx";
import type { Readiness } from "@/components/readiness.ts";

interface FirstCallProps {
  /** Where this installation answers. */
  readonly origin: string;
  readonly project: string;
  readonly readiness: Readiness;
}

export function FirstCall({ origin, project, readiness: start }: FirstCallProps) {
  const [{ value }] = useLive<Readiness>({
    start,
    startedAt: "",
    of: project,
    live: true,
    everySeconds: 2,
    load: (signal) =>
      read(() =>
        fetch(`/dashboard/readiness?${new URLSearchParams({ project })}`, {
          signal,
          headers: { accept: "application/json" },
        }), { signal }),
  });
  const readiness = value ?? start;
  useEffect(() => {
    if (readiness.firstCallSeen && !start.firstCallSeen) location.reload();
  }, [readiness.firstCallSeen]);
  return <Checklist origin={origin} project={project} readiness={readiness} />;
}
