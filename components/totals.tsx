/**
 * The figures of the range, numbers first. A figure that does not exist is said in words.
 *
 * @module
 */
import type { Totals as TotalsData } from "@/core/analytics/types.ts";
import { Definition } from "./definition.tsx";
import { exactCount, formatCount, formatDuration, formatRate } from "./format.ts";
import { formatSpend, formatUsd } from "./money.ts";

interface Figure {
  readonly id: string;
  readonly label: string;
  readonly meaning: string;
  readonly value: string;
  readonly title?: string;
  readonly beside: string;
  readonly tone?: "error" | "absent";
}

export function Totals({ totals }: { totals: TotalsData }) {
  return (
    <dl class="totals">
      {figures(totals).map(({ id, label, meaning, value, title, beside, tone }) => (
        <div key={id} class="figure" data-figure={id}>
          <dt>
            <Definition id={`def-${id}`} word={label}>{meaning}</Definition>
          </dt>
          <dd class={`value num ${sizeOf(value)} ${tone ?? ""}`} title={title ?? value}>{value}</dd>
          <dd class="beside num small muted">{beside}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Small amounts have many digits: they get smaller ones, so that they stay inside their cell. */
function sizeOf(value: string): string {
  return value.length > 8 ? "long" : "";
}

function figures(totals: TotalsData): readonly Figure[] {
  return [
    spend(totals),
    requests(totals),
    errors(totals),
    latency(totals),
    tokens(totals),
    cache(totals),
  ];
}

function spend(totals: TotalsData): Figure {
  const { text, suffix, title } = formatSpend(
    totals.total_cost_usd,
    totals.unpriced_requests,
    totals.total_requests,
  );
  return {
    id: "spend",
    label: "Spend",
    meaning: "What the calls cost, summed over those whose price is known.",
    value: text,
    title,
    beside: suffix || (text === "no price" ? "no call could be priced" : "every call priced"),
    ...(text === "no price" && { tone: "absent" as const }),
  };
}

function requests({ total_requests, unique_models }: TotalsData): Figure {
  return {
    id: "requests",
    label: "Requests",
    meaning: "Calls that reached the gateway and ended, whatever their outcome.",
    value: formatCount(total_requests),
    title: exactCount(total_requests),
    beside: `${formatCount(unique_models)} ${unique_models === 1 ? "model" : "models"}`,
  };
}

function errors({ error_rate, failed_requests }: TotalsData): Figure {
  return {
    id: "errors",
    label: "Errors",
    meaning: "Share of calls that failed or that the client left before their end.",
    value: formatRate(error_rate),
    title: `${exactCount(failed_requests)} failed`,
    beside: `${formatCount(failed_requests)} failed`,
    ...(error_rate >= 0.05 && { tone: "error" as const }),
  };
}

function latency({ p95_latency_ms, p50_latency_ms }: TotalsData): Figure {
  return {
    id: "latency",
    label: "Latency, p95",
    meaning: "95 of 100 calls ended within this time, from first byte in to last byte out.",
    value: p95_latency_ms === null ? "no calls" : formatDuration(p95_latency_ms),
    beside: p50_latency_ms === null ? "" : `median ${formatDuration(p50_latency_ms)}`,
    ...(p95_latency_ms === null && { tone: "absent" as const }),
  };
}

function tokens({ total_tokens_input, total_tokens_output }: TotalsData): Figure {
  const all = total_tokens_input + total_tokens_output;
  return {
    id: "tokens",
    label: "Tokens",
    meaning: "Text in the models' own units: what was read, cached parts included, and written.",
    value: formatCount(all),
    title: exactCount(all),
    beside: `${formatCount(total_tokens_input)} in, ${formatCount(total_tokens_output)} out`,
  };
}

function cache({ cache_hit_rate, saved_cost_usd }: TotalsData): Figure {
  return {
    id: "saved",
    label: "Saved by cache",
    meaning: "What answers from the cache would have cost at the provider.",
    value: formatUsd(saved_cost_usd),
    beside: cache_hit_rate === 0 ? "no cache hits" : `${formatRate(cache_hit_rate)} hits`,
  };
}
