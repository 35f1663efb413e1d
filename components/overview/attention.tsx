/**
 * What a person should look at, in sentences, each leading to the calls that say so.
 *
 * @module
 */
import type { Attention } from "@/core/analytics/overview/types.ts";
import { countOf, formatDuration, plainRate } from "../format.ts";
import { Icon, type IconName } from "../icon.tsx";
import { formatUsd } from "../money.ts";
import { drillDown } from "../page_url.ts";
import { VisibleText } from "../visible_text.tsx";

interface NeedsAttentionProps {
  readonly items: readonly Attention[];
  readonly url: URL;
}

export function NeedsAttention({ items, url }: NeedsAttentionProps) {
  return (
    <section class="card flush attention" aria-labelledby="attention-title">
      <header class="card-head">
        <h2 id="attention-title">Needs attention</h2>
      </header>
      {items.length === 0
        ? (
          <p class="pad muted">
            Nothing stands out: no model fails, slows down or costs much more than before, and every
            call has a price.
          </p>
        )
        : (
          <ul role="list">
            {items.map((item) => {
              const { icon, says } = sentence(item);
              const { provider, model } = item;
              return (
                <li key={`${item.kind}/${provider}/${model}`} class={item.kind}>
                  <Icon name={icon} />
                  <span>
                    <a
                      class="row-link"
                      data-row
                      title={model.slice(0, 500)}
                      href={drillDown(
                        item.kind === "unpriced" ? "/dashboard/spend" : "/dashboard/requests",
                        url,
                        { provider, model, ...(item.kind === "errors" && failedOnly) },
                      )}
                    >
                      <VisibleText text={model || "no model named"} most={longestName} />
                    </a>{" "}
                    <span class="num">{says}</span>
                  </span>
                </li>
              );
            })}
          </ul>
        )}
    </section>
  );
}

/** Characters of a model's name: a sentence is to be read, the title has all of it. */
const longestName = 60;
const failedOnly = { status: ["error", "aborted"] };

function sentence(item: Attention): { icon: IconName; says: string } {
  switch (item.kind) {
    case "errors": {
      const before = item.rate_before === null ? "" : `, before ${plainRate(item.rate_before)}`;
      return {
        icon: "error",
        says: `failed in ${plainRate(item.rate)} of its calls${before}`,
      };
    }
    case "slow":
      return {
        icon: "wait",
        says: `takes ${formatDuration(item.p95_ms)} at p95, before ${
          formatDuration(item.p95_before_ms)
        }`,
      };
    case "spend":
      return {
        icon: "spend",
        says: `cost ${formatUsd(item.cost_usd)}, before ${formatUsd(item.cost_before_usd)}`,
      };
    case "unpriced":
      return { icon: "info", says: `has no price: ${countOf(item.calls, "call")}` };
  }
}
