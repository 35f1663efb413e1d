/**
 * Says that figures hold demo data, and takes it away.
 *
 * @module
 */
import { hc } from "hono/client";
import { useState } from "preact/hooks";
import { read } from "@/components/data/read.ts";
import { Icon } from "@/components/icon.tsx";
import type { ApiType } from "@/routes/(_api)/app.ts";

const { demo } = hc<ApiType>("/").v1.projects[":id"];

type Phase = "there" | "removing" | "removed" | { readonly problem: string };

export function DemoNotice({ project }: { project: string }) {
  const [phase, setPhase] = useState<Phase>("there");
  const remove = async () => {
    setPhase("removing");
    const done = await read<unknown>(() => demo.$delete({ param: { id: project } }), {
      signal: AbortSignal.timeout(60_000),
      retries: false,
    });
    if (!done.ok) return setPhase({ problem: done.failure.message });
    setPhase("removed");
    // The consumers need a moment until the rows are gone.
    setTimeout(() => location.assign(`/dashboard?${new URLSearchParams({ project })}`), 2_500);
  };
  return (
    <p class="notice info" role="status">
      <Icon name="info" />
      <span>
        {phase === "removed"
          ? "The demo data is going away."
          : "This project holds demo data: made-up calls to look around."}{" "}
        {phase === "there" && (
          <button type="button" class="link" onClick={remove}>Remove the demo data</button>
        )}
        {phase === "removing" && "Removing…"}
        {typeof phase === "object" && <span class="error-text">{phase.problem}</span>}
      </span>
    </p>
  );
}
