/**
 * The spend of a range with calls: figures, course, groups, and what the sums leave out.
 *
 * @module
 */
import { TimeChart } from "../chart/time_chart.tsx";
import { drillDown } from "../page_url.ts";
import { StatCards } from "../stat_card.tsx";
import { previousLabel, type View } from "../view.ts";
import type { Zone } from "../zone.ts";
import { spendChart } from "./chart.ts";
import { type Dimension, dimensions, dimensionWord, spendPath } from "./dimension.ts";
import { GroupTable } from "./group_table.tsx";
import { OtherModelPanel } from "./other_model.tsx";
import { spendStats } from "./stats.ts";
import { type Order, readTarget, type SpendData } from "./types.ts";
import { UnpricedCalls } from "./unpriced.tsx";

interface SpendBodyProps {
  readonly data: SpendData;
  readonly by: Dimension;
  readonly order: Order;
  readonly view: View;
  readonly url: URL;
  readonly zone: Zone;
}

export function SpendBody({ data, by, order, view, url, zone }: SpendBodyProps) {
  const against = previousLabel(view.range);
  const name = `Spend by ${dimensionWord(by)}`;
  return (
    <>
      <div class="no-sparks">
        <StatCards stats={spendStats({ data, url, against })} label="Spend of the range" />
        <p class="small muted">{`Forecast: ${data.forecast.explanation}`}</p>
      </div>
      <DimensionTabs by={by} properties={data.properties} url={url} />
      <section class="card" aria-labelledby="spend-chart-title">
        <header class="card-head">
          <h2 id="spend-chart-title">{name}</h2>
        </header>
        <TimeChart
          name={name}
          data={spendChart(data.series, by, url, view.range.kind === "period", data.names)}
          zone={zone}
          pick={(from, to) => drillDown("/dashboard/requests", url, { from, to })}
          size="large"
          empty="No call here has a known cost."
        />
      </section>
      <GroupTable
        groups={data.groups}
        names={data.names}
        by={by}
        order={order}
        url={url}
        against={against}
      />
      <OtherModelPanel other={data.other} target={readTarget(url.searchParams)} url={url} />
      <UnpricedCalls unpriced={data.unpriced} url={url} />
    </>
  );
}

interface DimensionTabsProps {
  readonly by: Dimension;
  readonly properties: readonly string[];
  readonly url: URL;
}

/** More properties than these are not used to look at spend by. */
const mostProperties = 12;

function DimensionTabs({ by, properties, url }: DimensionTabsProps) {
  const own = by.startsWith("property.") ? [dimensionWord(by)] : [];
  const named = [...new Set([...properties.slice(0, mostProperties), ...own])];
  const tab = (dimension: Dimension, label: string) => (
    <li key={dimension}>
      <a
        class="tab ellipsis"
        href={drillDown(spendPath(dimension), url, {})}
        {...(dimension === by && { "aria-current": "page" as const })}
      >
        {label}
      </a>
    </li>
  );
  return (
    <nav class="tab-bar" aria-label="Spend by">
      <ul role="list">
        {dimensions.map(({ by: each, label }) => tab(each, label))}
        {named.map((property) => tab(`property.${property}`, property))}
      </ul>
      {named.length === 0 && (
        <span class="small muted">
          Send <code>X-WatchLLM-Property-Feature</code> to divide it by what you like.
        </span>
      )}
    </nav>
  );
}
