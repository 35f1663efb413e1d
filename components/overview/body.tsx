/**
 * The overview of a range with calls: figures, charts, and what the money went to.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import type { Overview } from "@/core/analytics/overview/types.ts";
import { TimeChart } from "../chart/time_chart.tsx";
import { drillDown } from "../page_url.ts";
import { StatCards } from "../stat_card.tsx";
import { previousLabel, type View } from "../view.ts";
import type { Zone } from "../zone.ts";
import { NeedsAttention } from "./attention.tsx";
import { latencies, requestsAndErrors, spendByModel } from "./charts.ts";
import { overviewStats } from "./stats.ts";
import { TopModels, TopPrompts, TopProperties, TopUsers } from "./tops.tsx";

interface OverviewBodyProps {
  readonly overview: Overview;
  readonly url: URL;
  readonly view: View;
  readonly zone: Zone;
}

export function OverviewBody({ overview, url, view, zone }: OverviewBodyProps) {
  const against = previousLabel(view.range);
  const looked = { overview, url, open: view.range.kind === "period" };
  const pick = (from: string, to: string) => drillDown("/dashboard/requests", url, { from, to });
  return (
    <>
      <StatCards stats={overviewStats({ overview, url, against })} label="Figures of the range" />
      <div class="grid wide-narrow">
        <Card id="spend-chart" title="Spend by model">
          <TimeChart
            name="Spend by model"
            data={spendByModel(looked)}
            zone={zone}
            pick={pick}
            size="large"
            empty="No call here has a known cost."
          />
        </Card>
        <NeedsAttention items={overview.attention} url={url} />
      </div>
      <div class="grid halves">
        <Card id="requests-chart" title="Requests and errors">
          <TimeChart
            name="Requests and errors"
            data={requestsAndErrors(looked)}
            zone={zone}
            pick={pick}
          />
        </Card>
        <Card id="latency-chart" title="Latency">
          <TimeChart name="Latency" data={latencies(looked)} zone={zone} pick={pick} />
        </Card>
      </div>
      <div class="grid halves">
        <TopModels overview={overview} url={url} />
        <TopPrompts overview={overview} url={url} />
        <TopUsers overview={overview} url={url} />
        <TopProperties overview={overview} url={url} />
      </div>
    </>
  );
}

interface CardProps {
  readonly id: string;
  readonly title: string;
  readonly children: ComponentChildren;
}

function Card({ id, title, children }: CardProps) {
  return (
    <section class="card" aria-labelledby={`${id}-title`}>
      <header class="card-head">
        <h2 id={`${id}-title`}>{title}</h2>
      </header>
      {children}
    </section>
  );
}
