/**
 * The facts of a call in the viewer's own time zone.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import type { CallView } from "@/core/transcript/call_view.ts";
import { CallFacts as Facts } from "@/components/call/facts.tsx";
import { viewerZone } from "@/components/zone.ts";

interface CallFactsProps {
  readonly view: Omit<CallView, "transcript">;
  readonly url: URL;
}

export function CallFacts({ view, url }: CallFactsProps) {
  const [zone, setZone] = useState("UTC");
  useEffect(() => setZone(viewerZone()), []);
  return (
    <>
      <Facts view={view} url={url} zone={zone} />
      <p class="small muted">Times in {zone}</p>
    </>
  );
}
