/**
 * The cache page while it is open. Figures come from events and are absent while ClickHouse is away; the
 * switch and what was measured do not need it.
 *
 * @module
 */
import { hc } from "hono/client";
import { useState } from "preact/hooks";
import type { MissRank } from "@/core/analytics/cache_misses.ts";
import type { Timeseries } from "@/core/analytics/types.ts";
import { HitBreakers, NoHitReasons } from "@/components/cache/breaks.tsx";
import { cacheStats, hitRates } from "@/components/cache/figures.ts";
import { SemanticPanel } from "@/components/cache/semantic.tsx";
import {
  type CacheData,
  type CachePolicy,
  type CacheRange,
  type CacheStats,
  ignoredOf,
  type KeptSettings,
  type Mode,
  withMode,
} from "@/components/cache/types.ts";
import { TimeChart } from "@/components/chart/time_chart.tsx";
import { type Read, read } from "@/components/data/read.ts";
import { useAction } from "@/components/data/use_action.ts";
import { useLive } from "@/components/data/use_live.ts";
import { drillDown, filterQuery } from "@/components/page_url.ts";
import { LiveFigures } from "@/components/live_figures.tsx";
import { StatCards } from "@/components/stat_card.tsx";
import { useZone } from "@/components/use_zone.ts";
import { rangeQuery, type View } from "@/components/view.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";

type Client = ReturnType<typeof hc<ApiType>>;

interface Asked {
  readonly project: string;
  readonly view: View;
  readonly url: URL;
}

export async function loadCache(
  client: Client,
  { project, view, url }: Asked,
  signal: AbortSignal,
): Promise<Read<CacheData>> {
  const { cache, projects } = client.v1;
  const options = { init: { signal } };
  const [range, policy, kept] = await Promise.all([
    loadRange(client, { project, view, url }, signal),
    read<CachePolicy>(
      () => cache.policy.$get({ query: { project_id: project } }, options),
      { signal },
    ),
    read<KeptSettings>(() =>
      projects[":id"].settings[":section"].$get({
        param: { id: project, section: "cache" },
      }, options), { signal }),
  ]);
  if (!range.ok && range.failure.reason !== "away") return range;
  if (!policy.ok) return policy;
  if (!kept.ok) return kept;
  const value = {
    range: range.ok ? range.value : null,
    policy: policy.value,
    kept: kept.value,
  };
  return { ok: true, value };
}

async function loadRange(
  { v1: { analytics, cache } }: Client,
  { project, view, url }: Asked,
  signal: AbortSignal,
): Promise<Read<CacheRange>> {
  const own = { project_id: project, ...filterQuery(url.searchParams) };
  const options = { init: { signal } };
  const series = await read<Timeseries>(() =>
    analytics.timeseries.$get({
      query: { ...own, ...rangeQuery(view.range), metric: "requests", group_by: "cache" },
    }, options), { signal });
  if (!series.ok) return series;
  // The buckets' range for all of it, so that the figures are those of the chart.
  const { date_from, date_to } = series.value;
  const ranged = { ...own, date_from, date_to };
  const misses = (by: "path" | "component") =>
    read<MissRank>(() => cache.misses.$get({ query: { ...ranged, by } }, options), { signal });
  const [stats, paths, components] = await Promise.all([
    read<CacheStats>(() => cache.stats.$get({ query: ranged }, options), { signal }),
    misses("path"),
    misses("component"),
  ]);
  if (!stats.ok) return stats;
  if (!paths.ok) return paths;
  if (!components.ok) return components;
  const value = {
    series: series.value,
    stats: stats.value,
    paths: paths.value,
    components: components.value,
  };
  return { ok: true, value };
}

interface CachePageProps extends Asked {
  readonly start: CacheData;
  readonly readAt: string;
}

export function CachePage({ start, readAt: startedAt, ...asked }: CachePageProps) {
  const { project, view, url } = asked;
  const live = useLive<CacheData>({
    start,
    startedAt,
    of: url.href,
    live: view.live,
    everySeconds: view.everySeconds,
    load: (signal) => loadCache(hc<ApiType>("/"), asked, signal),
  });
  const [{ value }, readNow] = live;
  const zone = useZone();
  const choosing = useAction();
  /** The mode that was chosen here: shown at once, taken back when it was refused. */
  const [wanted, setWanted] = useState<Mode | null>(null);
  const data = value ?? start;
  const { range } = data;

  const put = (settings: Record<string, unknown>) =>
    hc<ApiType>("/").v1.projects[":id"].settings[":section"].$put({
      param: { id: project, section: "cache" },
      json: { settings, replaces: data.kept.version },
    });
  const choose = async (mode: Mode) => {
    setWanted(mode);
    const done = await choosing.run<KeptSettings>(() => put(withMode(data.kept, mode)));
    if (!done.ok) setWanted(null);
    readNow();
  };
  const ignore = (path: string) =>
    put({ ...data.kept.settings, ignore: [...ignoredOf(data.kept), path] });
  const pick = (from: string, to: string) => drillDown("/dashboard/requests", url, { from, to });

  return (
    <LiveFigures
      calls={range && range.stats.requests}
      live={live}
      view={view}
      url={url}
      below={
        <SemanticPanel
          policy={{ ...data.policy, mode: wanted ?? data.policy.mode }}
          busy={choosing.busy}
          problem={choosing.failure?.message ?? null}
          choose={choose}
        />
      }
    >
      {range && (
        <>
          <div class="no-sparks">
            <StatCards stats={cacheStats(range.stats, url)} label="The cache in this range" />
          </div>
          <section class="card" aria-labelledby="hit-rate-title">
            <header class="card-head">
              <h2 id="hit-rate-title">Hit rate by kind</h2>
              <span class="small muted">of the calls that the cache could answer</span>
            </header>
            <TimeChart
              name="Hit rate by kind"
              data={hitRates(range, url, view.range.kind === "period")}
              zone={zone}
              pick={pick}
              empty="No call that the cache could answer."
            />
          </section>
          <div class="grid halves">
            <HitBreakers
              range={range}
              ignored={ignoredOf(data.kept)}
              ignore={ignore}
              then={readNow}
            />
            <NoHitReasons range={range} url={url} />
          </div>
        </>
      )}
    </LiveFigures>
  );
}
