/**
 * The spend page while it is open: what the server wrote, kept fresh as calls arrive. The server and the
 * browser read it with the same function.
 *
 * @module
 */
import { hc } from "hono/client";
import { useMemo } from "preact/hooks";
import type { Breakdown, Properties } from "@/core/analytics/breakdown_types.ts";
import type { Counterfactual } from "@/core/analytics/counterfactual_types.ts";
import type { Forecast } from "@/core/analytics/forecast.ts";
import type { Timeseries } from "@/core/analytics/types.ts";
import type { Unpriced } from "@/core/analytics/unpriced.ts";
import { type Read, read } from "@/components/data/read.ts";
import { readKeyNames } from "@/components/data/read_key_names.ts";
import { useLive } from "@/components/data/use_live.ts";
import { type KeyNames, noKeyNames } from "@/components/key_names.ts";
import { LiveFigures } from "@/components/live_figures.tsx";
import { filterQuery } from "@/components/page_url.ts";
import { SpendBody } from "@/components/spend/body.tsx";
import type { Dimension } from "@/components/spend/dimension.ts";
import {
  type OtherModel,
  readOrder,
  readTarget,
  type SpendData,
} from "@/components/spend/types.ts";
import { rangeQuery, type View } from "@/components/view.ts";
import { useZone } from "@/components/use_zone.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";

type Client = ReturnType<typeof hc<ApiType>>;

export interface Asked {
  readonly project: string;
  readonly view: View;
  readonly by: Dimension;
  readonly url: URL;
}

const mostGroups = "50";

/** Everything that the page shows, read in one go; the first failure is the answer. */
export async function loadSpend(
  { v1: { analytics, projects } }: Client,
  { project, view, by, url }: Asked,
  signal: AbortSignal,
): Promise<Read<SpendData>> {
  const filters = filterQuery(url.searchParams);
  const own = { project_id: project, ...filters };
  const options = { init: { signal } };
  const series = await read<Timeseries>(() =>
    analytics.timeseries.$get({
      query: { ...own, ...rangeQuery(view.range), metric: "cost", group_by: by },
    }, options), { signal });
  if (!series.ok) return series;
  // The buckets' range for all of it, so that the sums are those of the chart.
  const { date_from, date_to } = series.value;
  const ranged = { ...own, date_from, date_to };
  const [groups, forecast, unpriced, properties, other, names] = await Promise.all([
    read<Breakdown>(() =>
      analytics.breakdown.$get({
        query: {
          ...ranged,
          by,
          order: readOrder(url.searchParams),
          limit: mostGroups,
          ...(view.compare && { compare: "previous" as const }),
        },
      }, options), { signal }),
    read<Forecast>(() => analytics.forecast.$get({ query: own }, options), { signal }),
    read<Unpriced>(() => analytics.unpriced.$get({ query: ranged }, options), { signal }),
    read<Properties>(() => analytics.properties.$get({ query: ranged }, options), { signal }),
    loadOther(analytics, ranged, url, signal),
    loadNames(projects, project, by, signal),
  ]);
  if (!groups.ok) return groups;
  if (!forecast.ok) return forecast;
  if (!unpriced.ok) return unpriced;
  if (!properties.ok) return properties;
  return {
    ok: true,
    value: {
      series: series.value,
      groups: groups.value,
      forecast: forecast.value,
      unpriced: unpriced.value,
      properties: properties.value.properties.map(({ name }) => name),
      names,
      other,
    },
  };
}

/** What the groups are called, where they are keys. */
async function loadNames(
  projects: Client["v1"]["projects"],
  project: string,
  by: Dimension,
  signal: AbortSignal,
): Promise<KeyNames> {
  if (by !== "key" && by !== "provider_key") return noKeyNames;
  const param = { id: project };
  const options = { init: { signal } };
  return await readKeyNames({
    keys: () => projects[":id"].keys.$get({ param }, options),
    providerKeys: () => projects[":id"]["provider-keys"].$get({ param }, options),
  }, signal);
}

async function loadOther(
  analytics: Client["v1"]["analytics"],
  ranged: Readonly<Record<string, string | string[]>>,
  url: URL,
  signal: AbortSignal,
): Promise<OtherModel | null> {
  const target = readTarget(url.searchParams);
  if (target === null) return null;
  const { model: from_model, ...rest } = ranged;
  const got = await read<Counterfactual>(() =>
    analytics.counterfactual.$get({
      query: { ...rest, model: target, ...(from_model !== undefined && { from_model }) },
    }, { init: { signal } }), { signal });
  if (got.ok) return got;
  return { ok: false, message: got.failure.detail ?? got.failure.message };
}

interface SpendProps extends Asked {
  /** Null when ClickHouse was away. */
  readonly start: SpendData | null;
  readonly readAt: string;
}

export function Spend({ start, readAt: startedAt, ...asked }: SpendProps) {
  const { view, by, url } = asked;
  const live = useLive<SpendData>({
    start,
    startedAt,
    of: url.href,
    live: view.live,
    everySeconds: view.everySeconds,
    load: (signal) => loadSpend(hc<ApiType>("/"), asked, signal),
  });
  const [{ value }] = live;
  const zone = useZone();
  const order = readOrder(url.searchParams);
  const body = useMemo(
    () =>
      value && <SpendBody data={value} by={by} order={order} view={view} url={url} zone={zone} />,
    [value, zone],
  );
  return (
    <LiveFigures calls={value && value.groups.total.requests} live={live} view={view} url={url}>
      {body}
    </LiveFigures>
  );
}
