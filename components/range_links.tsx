/**
 * The time range and the live switch: links, so that each view has an address.
 *
 * @module
 */
import type { Period } from "@/core/analytics/types.ts";
import { periods, periodWords } from "./overview_data.ts";
import { sameView } from "./page_url.ts";

interface RangeLinksProps {
  readonly url: URL;
  readonly period: Period;
  readonly live: boolean;
}

export function RangeLinks({ url, period, live }: RangeLinksProps) {
  return (
    <div class="controls">
      <nav class="segments" aria-label="Time range">
        {periods.map((each) => (
          <a
            key={each}
            href={sameView(url, { range: each })}
            title={`Last ${periodWords[each]}`}
            {...(each === period && { "aria-current": "true" })}
          >
            {each}
          </a>
        ))}
      </nav>
      <a
        class={live ? "live on" : "live"}
        href={sameView(url, { live: live ? "off" : null })}
        title={live ? "Figures follow the calls. Stop" : "Figures stand still. Follow the calls"}
      >
        <svg viewBox="0 0 8 8" width="8" height="8" aria-hidden="true">
          <circle cx="4" cy="4" r="3" />
        </svg>
        {live ? "Live" : "Paused"}
      </a>
    </div>
  );
}
