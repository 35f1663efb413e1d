/**
 * The overview while it is open: what the server wrote, kept fresh as calls arrive.
 *
 * @module
 */
import { hc } from "hono/client";
import { useMemo } from "preact/hooks";
import type { Overview as OverviewData } from "@/core/analytics/overview/types.ts";
import { read } from "@/components/data/read.ts";
import { useLive } from "@/components/data/use_live.ts";
import { LiveFigures } from "@/components/live_figures.tsx";
import { OverviewBody } from "@/components/overview/body.tsx";
import { filterQuery } from "@/components/page_url.ts";
import { rangeQuery, type View } from "@/components/view.ts";
import { useZone } from "@/components/use_zone.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";

const { overview: route } = hc<ApiType>("/").v1.analytics;

interface OverviewProps {
  /** Null when ClickHouse was away. */
  readonly start: OverviewData | null;
  readonly readAt: string;
  readonly project: string;
  readonly view: View;
  readonly url: URL;
}

export function Overview({ start, readAt: startedAt, project, view, url }: OverviewProps) {
  const query = {
    project_id: project,
    ...rangeQuery(view.range),
    ...filterQuery(url.searchParams),
    compare: view.compare ? "on" as const : "off" as const,
  };
  const live = useLive<OverviewData>({
    start,
    startedAt,
    of: url.href,
    live: view.live,
    everySeconds: view.everySeconds,
    load: (signal) =>
      read<OverviewData>(() => route.$get({ query }, { init: { signal } }), { signal }),
  });
  const [{ value }] = live;
  const zone = useZone();
  const body = useMemo(
    () => value && <OverviewBody overview={value} url={url} view={view} zone={zone} />,
    [value, zone],
  );

  return (
    <LiveFigures calls={value && value.now.requests} live={live} view={view} url={url}>
      {body}
    </LiveFigures>
  );
}
