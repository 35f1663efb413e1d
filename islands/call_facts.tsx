/**
 * The facts of a call in the viewer's own time zone.
 *
 * @module
 */
import type { CallView } from "@/core/transcript/call_view.ts";
import { CallFacts as Facts } from "@/components/call/facts.tsx";
import type { KeyNames } from "@/components/key_names.ts";
import { useZone } from "@/components/use_zone.ts";

interface CallFactsProps {
  readonly view: Omit<CallView, "transcript">;
  readonly url: URL;
  readonly names: KeyNames;
}

export function CallFacts({ view, url, names }: CallFactsProps) {
  const zone = useZone();
  return (
    <>
      <Facts view={view} url={url} names={names} zone={zone} />
      <p class="small muted">Times in {zone}</p>
    </>
  );
}
