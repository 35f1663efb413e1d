/**
 * A chart's figures as a table, for screen readers and for whoever would rather read.
 *
 * @module
 */
import { formatBucket, type Zone } from "../zone.ts";
import { type ChartData, formatValue } from "./data.ts";

export function ChartTable({ name, data, zone }: { name: string; data: ChartData; zone: Zone }) {
  return (
    <details class="as-table">
      <summary>Show as a table</summary>
      <div class="scroll tall" role="region" aria-label={name} tabindex={0}>
        <table class="rows compact">
          <caption class="sr">{name} by time</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {data.lines.map(({ label }) => (
                <th key={label} scope="col" class="right">
                  <bdi>{label}</bdi>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.at.map((at, index) => (
              <tr key={at}>
                <th scope="row" class="num">{formatBucket(at, data.bucketSeconds, zone)}</th>
                {data.lines.map(({ label, values }) => (
                  <td key={label} class="right num">
                    {formatValue(data.unit, values[index] ?? null)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
