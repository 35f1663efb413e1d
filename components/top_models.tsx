/**
 * The models that were called most, with their share of the requests as a bar.
 *
 * @module
 */
import type { TopModel } from "@/core/analytics/types.ts";
import { exactCount, formatCount, formatRate } from "./format.ts";
import { exactUsd, formatUsd } from "./money.ts";
import { providerName } from "./readiness.ts";

export function TopModels({ models, total }: { models: readonly TopModel[]; total: number }) {
  return (
    <section class="card flush" aria-labelledby="models-title">
      <header class="card-head">
        <h2 id="models-title">Top models</h2>
        <span class="small muted">by requests</span>
      </header>
      <div class="scroll" role="region" aria-labelledby="models-title" tabindex={0}>
        <table class="rows models">
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col" class="wide">Provider</th>
              <th scope="col" class="right">Requests</th>
              <th scope="col" class="bar-cell wide">Share</th>
              <th scope="col" class="right">Spend</th>
            </tr>
          </thead>
          <tbody>
            {/* Keyed by place: when ranks change, words change and nothing moves. */}
            {models.map((model, place) => <Row key={place} row={model} total={total} />)}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ row, total }: { row: TopModel; total: number }) {
  const share = total === 0 ? 0 : row.request_count / total;
  const name = row.model || "no model named";
  return (
    <tr>
      <th scope="row" class={row.model ? "" : "muted"} title={name}>
        <bdi class="ellipsis">{name}</bdi>
      </th>
      <td class="wide muted">{providerName(row.provider)}</td>
      <td class="right num" title={exactCount(row.request_count)}>
        {formatCount(row.request_count)}
      </td>
      <td class="bar-cell wide">
        <span class="share">
          <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
            <rect width="100" height="8" class="bar-ground" />
            <rect width={Math.max(0.5, share * 100)} height="8" class="bar" />
          </svg>
          <span class="num">{formatRate(share)}</span>
        </span>
      </td>
      <td class="right num" title={exactUsd(row.total_cost_usd)}>
        <Cost row={row} />
      </td>
    </tr>
  );
}

/** Known costs that sum to nothing may be free calls or unpriced ones: no number is claimed. */
function Cost({ row }: { row: TopModel }) {
  if (/[1-9]/.test(row.total_cost_usd)) return <>{formatUsd(row.total_cost_usd)}</>;
  return <span class="muted" title="None of these calls has a known cost">no known cost</span>;
}
