/**
 * The overview of an imagined project, on the same imagined figures as `sample_figures.ts`.
 */
import type { OverviewQuery } from "@/core/analytics/overview/overview.ts";
import { attentionOf } from "@/core/analytics/overview/attention.ts";
import type {
  Overview,
  OverviewBucket,
  OverviewFigures,
  OverviewModel,
} from "@/core/analytics/overview/types.ts";
import { fraction, type Sample, sampleModels } from "./sample_figures.ts";

export function sampleOverview(project: string, query: OverviewQuery, sample: Sample): Overview {
  const { range, bucketSeconds, compare } = query;
  const series = buckets(query, sample);
  const named = (sample.models ?? sampleModels).filter(() => sample.scale > 0);
  const models = named.map((model, place): OverviewModel => ({
    provider: model.provider,
    model: model.model,
    requests: model.request_count,
    failed: Math.round(model.request_count * (place === 1 ? 0.041 : 0.006)),
    cost_usd: model.total_cost_usd,
    unpriced: /[1-9]/.test(model.total_cost_usd) ? 0 : model.request_count,
    p95_ms: 900 + place * 400,
    before: {
      requests: model.request_count,
      failed: Math.round(model.request_count * 0.005),
      cost_usd: model.total_cost_usd,
      p95_ms: place === 2 ? 700 : 900 + place * 400,
    },
  }));
  return {
    project_id: project,
    date_from: range.from,
    date_to: range.to,
    bucket_seconds: bucketSeconds,
    now: figures(sample.scale),
    before: compare ? figures(sample.scale * 0.89) : null,
    series,
    spend_by_model: named.map(({ model, request_count }) => ({
      model,
      rest: false,
      cost_usd: series.map(({ cost_usd }) =>
        (Number(cost_usd) * request_count / 18_402).toFixed(6)
      ),
    })),
    models: [...models].sort((a, b) => Number(b.cost_usd) - Number(a.cost_usd)),
    users: sample.scale === 0 ? [] : ["u_8120", "u_77", "maria@example.com"].map((user_id, at) => ({
      user_id,
      requests: 900 - at * 250,
      failed: at * 4,
      cost_usd: (4.2 / (at + 1)).toFixed(6),
      unpriced: at === 1 ? 3 : 0,
    })),
    properties: sample.scale === 0 ? [] : ["support", "search", "routing"].map((value, at) => ({
      name: "feature",
      value,
      requests: 4_000 - at * 900,
      failed: at,
      cost_usd: (18 / (at + 1)).toFixed(6),
      unpriced: 0,
    })),
    prompts: sample.scale === 0 ? [] : [
      "Summarise the attached contract and list every obligation of the supplier with its deadline",
      "Where is my order?",
    ].map((preview, at) => ({
      preview,
      requests: 40 + at * 700,
      cost_usd: (9.1 / (at + 1)).toFixed(6),
      event_id: `01JD3FAAAAAAAAAAAAAAAAAAA${at}`,
      model: "claude-sonnet-4-5",
      most_usd: "0.41",
    })),
    attention: attentionOf(models),
  };
}

function figures(scale: number): OverviewFigures {
  const of = (count: number) => Math.round(count * scale);
  const some = of(18_402) > 0;
  return {
    requests: of(18_402),
    failed: of(129),
    hits: of(3_312),
    cost_usd: some ? (41.104504 * Math.min(1, scale)).toFixed(6) : "0",
    saved_usd: some ? (9.83 * Math.min(1, scale)).toFixed(6) : "0",
    unpriced: of(37),
    p50_ms: some ? 812 : null,
    p95_ms: some ? 1_938 : null,
    p99_ms: some ? 4_610 : null,
    ttft_ms: some ? 410 : null,
    tokens_input: of(41_820_114),
    tokens_output: of(5_101_882),
  };
}

function buckets({ range, bucketSeconds }: OverviewQuery, sample: Sample): OverviewBucket[] {
  const found: OverviewBucket[] = [];
  const end = Date.parse(range.to);
  for (let at = Date.parse(range.from); at < end; at += bucketSeconds * 1_000) {
    const hour = new Date(at).getUTCHours();
    const shape = bucketSeconds >= 86_400 ? 1 : 0.15 + Math.exp(-((hour - 14) ** 2) / 22);
    const noise = 0.8 + 0.4 * fraction(at / 1_000 / bucketSeconds);
    const open = at + bucketSeconds * 1_000 >= end ? 0.4 : 1;
    const usual = 1_400 * shape * noise * open * sample.scale * bucketSeconds / 3_600;
    // A handful of calls would be rounded away: they stand in the bucket that is not over.
    const requests = Math.round(usual) || (open < 1 ? Math.round(18_402 * sample.scale) : 0);
    const some = requests > 0;
    found.push({
      ...figures(0),
      at: new Date(at).toISOString(),
      requests,
      failed: Math.round(requests * (0.004 + 0.012 * fraction(at / 7_000_000))),
      hits: Math.round(requests * 0.18),
      cost_usd: (requests * 0.00223).toFixed(6),
      saved_usd: (requests * 0.0005).toFixed(6),
      p50_ms: some ? 700 + 200 * noise : null,
      p95_ms: some ? 1_500 + 600 * noise : null,
      p99_ms: some ? 3_500 + 1_500 * noise : null,
      ttft_ms: some ? 300 + 150 * noise : null,
    });
  }
  return found;
}
