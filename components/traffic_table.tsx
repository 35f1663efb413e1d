/**
 * The chart's figures as a table, for screen readers and for whoever would rather read.
 *
 * @module
 */
import { exactCount } from "./format.ts";
import { exactUsd, formatUsd } from "./money.ts";
import type { Series } from "./overview_data.ts";
import { formatBucket, type Zone } from "./zone.ts";

export function TrafficTable({ series, zone }: { series: Series; zone: Zone }) {
  const { buckets, bucketSeconds } = series;
  return (
    <details class="as-table">
      <summary>Show as a table</summary>
      <div class="scroll tall" role="region" aria-label="Requests and cost" tabindex={0}>
        <table class="rows compact">
          <caption class="sr">Requests and cost by time</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col" class="right">Requests</th>
              <th scope="col" class="right">Failed</th>
              <th scope="col" class="right">Cost</th>
            </tr>
          </thead>
          <tbody>
            {buckets.map(({ at, requests, errors, cost }) => (
              <tr key={at}>
                <th scope="row" class="num">{formatBucket(at, bucketSeconds, zone)}</th>
                <td class="right num">{exactCount(requests)}</td>
                <td class="right num">{exactCount(errors)}</td>
                <td class="right num" title={exactUsd(cost)}>{formatUsd(cost)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
