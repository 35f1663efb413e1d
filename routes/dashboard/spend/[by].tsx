/**
 * Spend: where the money goes, what it will come to, what has no price, what another model would cost.
 *
 * @module
 */
import { type Context, HttpError, page } from "fresh";
import type { RepriceDifference } from "@/core/pricing/reprice_types.ts";
import { listedModels } from "@/core/pricing/listed_models.ts";
import { FilterChips } from "@/components/filter_chips.tsx";
import { readDimension } from "@/components/spend/dimension.ts";
import { read } from "@/components/data/read.ts";
import { filterQuery } from "@/components/page_url.ts";
import { type RangeQuery, rangeQuery } from "@/components/view.ts";
import { type Asked, loadSpend, Spend } from "@/islands/spend.tsx";
import { SpendReprice } from "@/islands/spend_reprice.tsx";
import { openFrame } from "../../(_http)/frame.ts";
import { keyNamesOf } from "../../(_http)/key_names.ts";
import { ownApi, shownOrAway } from "../../(_http)/own_api.ts";
import { define, type State } from "../../(_http)/state.ts";
import { DashboardPage } from "../(_frame)/page.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const by = readDimension(ctx.params.by ?? "model");
    if (!by) throw new HttpError(404);
    const frame = await openFrame(ctx);
    const asked = { project: frame.project.id, view: frame.view, by, url: ctx.url };
    const start = shownOrAway(await loadSpend(ownApi(ctx), asked, ctx.req.signal));
    const readAt = new Date(ctx.state.services.now()).toISOString();
    const names = await keyNamesOf(ctx, frame.project.id);
    const range = start
      ? { date_from: start.series.date_from, date_to: start.series.date_to }
      : rangeQuery(asked.view.range);
    // It looks at all calls of the range: the page does not wait for it unless it is asked to.
    const repriced = ctx.url.searchParams.get("reprice") === "show"
      ? await readReprice(ctx, asked, range)
      : null;
    return page({ frame, asked, start, readAt, names, range, repriced });
  },
});

async function readReprice(
  ctx: Context<State>,
  { project, url }: Pick<Asked, "project" | "url">,
  range: RangeQuery,
) {
  const { signal } = ctx.req;
  const query = { project_id: project, ...range, ...filterQuery(url.searchParams) };
  const got = await read<RepriceDifference>(
    () => ownApi(ctx).v1.analytics.reprice.$get({ query }),
    { signal },
  );
  // What it lacks is told by the panel, which asks again.
  return got.ok ? got.value : null;
}

export default define.page<typeof handler>((
  { data: { frame, asked, start, readAt, names, range, repriced } },
) => (
  <DashboardPage frame={frame} title="Spend">
    <FilterChips url={asked.url} names={names} />
    <datalist id="listed-models">
      {listedModels().map((name) => <option key={name} value={name} />)}
    </datalist>
    <div class="overview spend-page">
      <Spend {...asked} start={start} readAt={readAt} />
      <SpendReprice project={asked.project} range={range} url={asked.url} start={repriced} />
    </div>
  </DashboardPage>
));
