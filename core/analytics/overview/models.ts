/**
 * The models of a range, each beside the range before.
 *
 * @module
 */
import type { Figures } from "./figures.ts";
import type { OverviewModel } from "./types.ts";

/** Models that are looked through for what needs attention. */
const lookedThrough = 200;

/** Most spent on first; more than are shown, so that trouble is found among the cheap ones, too. */
export function modelsOf(now: Figures, before: Figures): OverviewModel[] {
  const key = ({ provider, model }: { provider: string; model: string }) =>
    JSON.stringify([provider, model]);
  const then = new Map(before.models.map((model) => [key(model), model]));
  return now.models.slice(0, lookedThrough).map((model) => {
    const { provider, requests, failed, cost_usd, unpriced, p95_ms } = model;
    const old = then.get(key(model));
    return {
      provider,
      model: model.model,
      requests,
      failed,
      cost_usd,
      unpriced,
      p95_ms,
      before: {
        requests: old?.requests ?? 0,
        failed: old?.failed ?? 0,
        cost_usd: old?.cost_usd ?? "0",
        p95_ms: old?.p95_ms ?? null,
      },
    };
  });
}
