/**
 * The overview while it is open: what the server wrote, kept fresh as calls arrive.
 *
 * @module
 */
import { hc } from "hono/client";
import { useEffect, useState } from "preact/hooks";
import { AwayBanner } from "@/components/banner.tsx";
import { EmptyRange } from "@/components/empty_range.tsx";
import { FirstCall } from "@/components/first_call.tsx";
import { type LiveStart, useLive } from "@/components/live.ts";
import type { LiveApi, View } from "@/components/live_client.ts";
import { ReadFailureNote } from "@/components/read_failure.tsx";
import { ReadinessLine } from "@/components/readiness_line.tsx";
import { NoFigures } from "@/components/no_figures.tsx";
import { TopModels } from "@/components/top_models.tsx";
import { Totals } from "@/components/totals.tsx";
import { Traffic } from "@/components/traffic.tsx";
import { formatClock, viewerZone } from "@/components/zone.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";

const { analytics } = hc<ApiType>("/").v1;

const api: LiveApi = {
  timeseries: (query, signal) => analytics.timeseries.$get({ query }, { init: { signal } }),
  stats: (query, signal) => analytics.stats.$get({ query }, { init: { signal } }),
  readiness: (project, signal) =>
    fetch(`/dashboard/readiness?${new URLSearchParams({ project })}`, {
      signal,
      headers: { accept: "application/json" },
    }),
};

interface OverviewProps {
  readonly start: LiveStart;
  readonly view: View;
  readonly live: boolean;
  /** Where this installation answers. */
  readonly origin: string;
  /** The same view over 30 days; null when it is that one. */
  readonly wider: string | null;
}

export function Overview({ start, view, live, origin, wider }: OverviewProps) {
  const [state, readNow] = useLive({ api, start, view, live });
  const [zone, setZone] = useState("UTC");
  useEffect(() => setZone(viewerZone()), []);

  const { figures, readiness, failure, readAt } = state;
  const total = figures?.stats.stats.total_requests ?? 0;
  const untouched = figures !== null && total === 0 && !readiness.firstCallSeen;

  return (
    <div class="overview">
      <AwayBanner readiness={readiness} zone={zone} />
      {failure && readiness.clickhouse.reachable && (
        <ReadFailureNote
          failure={failure}
          readAt={figures ? readAt : null}
          zone={zone}
          retry={readNow}
        />
      )}
      <ReadinessLine readiness={readiness} zone={zone} />
      {untouched && <FirstCall origin={origin} hasProviderKey={readiness.providers.length > 0} />}
      {!figures && <NoFigures retry={readNow} />}
      {!figures && <p class="small muted">Times in {zone}</p>}
      {figures && !untouched && (
        <>
          <Totals totals={figures.stats.stats} />
          <section class="card" aria-labelledby="traffic-title">
            <header class="card-head">
              <h2 id="traffic-title">Requests and cost</h2>
              <span class="small muted num">
                as of <time datetime={readAt}>{formatClock(readAt, zone)}</time>, times in {zone}
              </span>
            </header>
            {total === 0
              ? <EmptyRange period={view.period} wider={wider} />
              : <Traffic series={figures.series} zone={zone} />}
          </section>
          {total > 0 && <TopModels models={figures.stats.top_models} total={total} />}
        </>
      )}
    </div>
  );
}
