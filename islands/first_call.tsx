/**
 * The way to the first call, while it is open: it notices keys, calls and demo data by itself and turns
 * into the overview.
 *
 * @module
 */
import { hc } from "hono/client";
import { useEffect, useState } from "preact/hooks";
import { type Read, read } from "@/components/data/read.ts";
import { useLive } from "@/components/data/use_live.ts";
import { Checklist, type DemoProgress } from "@/components/onboarding/checklist.tsx";
import type { Readiness } from "@/components/readiness.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";

const { keys, demo } = hc<ApiType>("/").v1.projects[":id"];

interface FirstCallProps {
  /** Where this installation answers. */
  readonly origin: string;
  readonly project: string;
  readonly readiness: Readiness;
  readonly demo: DemoProgress;
  readonly providersHref: string;
}

interface Seen {
  readonly readiness: Readiness;
  readonly demo: DemoProgress;
}

export function FirstCall(props: FirstCallProps) {
  const { origin, project, readiness, providersHref } = props;
  const param = { id: project };
  const [{ value }, readNow] = useLive<Seen>({
    start: { readiness, demo: props.demo },
    startedAt: "",
    of: project,
    live: true,
    everySeconds: 2,
    load: async (signal) => {
      const [standing, filled] = await Promise.all([
        readReadiness(project, signal),
        read<DemoProgress>(() => demo.$get({ param }, { init: { signal } }), { signal }),
      ]);
      if (!standing.ok) return standing;
      if (!filled.ok) return filled;
      return { ok: true, value: { readiness: standing.value, demo: filled.value } };
    },
  });
  const [newKey, setNewKey] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const seen = value ?? { readiness, demo: props.demo };
  useEffect(() => {
    const filling = seen.demo.phase === "filling";
    if (seen.readiness.firstCallSeen && !filling) location.reload();
  }, [seen.readiness.firstCallSeen, seen.demo.phase]);

  const change = () => ({ signal: AbortSignal.timeout(60_000), retries: false });
  const makeKey = async () => {
    const made = await read<{ key: string }>(
      () => keys.$post({ param, json: { environment: "live" } }),
      change(),
    );
    if (made.ok) setNewKey(made.value.key);
    setProblem(made.ok ? null : made.failure.message);
  };
  const fillDemo = async () => {
    const begun = await read<DemoProgress>(() => demo.$post({ param }), change());
    setProblem(begun.ok ? null : begun.failure.message);
    readNow();
  };

  return (
    <Checklist
      origin={origin}
      readiness={seen.readiness}
      newKey={newKey}
      demo={seen.demo}
      problem={problem}
      providersHref={providersHref}
      makeKey={makeKey}
      fillDemo={fillDemo}
    />
  );
}

function readReadiness(project: string, signal: AbortSignal): Promise<Read<Readiness>> {
  return read<Readiness>(() =>
    fetch(`/dashboard/readiness?${new URLSearchParams({ project })}`, {
      signal,
      headers: { accept: "application/json" },
    }), { signal });
}
