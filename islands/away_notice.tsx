/**
 * The banner for a ClickHouse that is away, on every page: it comes and goes by itself.
 *
 * @module
 */
import { AwayBanner } from "@/components/banner.tsx";
import { read } from "@/components/data/read.ts";
import { useLive } from "@/components/data/use_live.ts";
import type { Readiness } from "@/components/readiness.ts";
import { useZone } from "@/components/use_zone.ts";

interface AwayNoticeProps {
  readonly project: string;
  readonly readiness: Readiness;
}

/** Seconds between two questions: often enough to be quick, and cheap to answer. */
const everySeconds = 5;

export function AwayNotice({ project, readiness }: AwayNoticeProps) {
  const [{ value }] = useLive<Readiness>({
    start: readiness,
    startedAt: "",
    of: project,
    live: true,
    everySeconds,
    load: (signal) =>
      read(() =>
        fetch(`/dashboard/readiness?${new URLSearchParams({ project })}`, {
          signal,
          headers: { accept: "application/json" },
        }), { signal }),
  });
  const zone = useZone();
  return <AwayBanner readiness={value ?? readiness} zone={zone} />;
}
