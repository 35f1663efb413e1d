/**
 * Spend: where the money goes, what it will come to, what has no price, what another model would cost.
 *
 * @module
 */
import { HttpError, page } from "fresh";
import { listedModels } from "@/core/pricing/listed_models.ts";
import { FilterChips } from "@/components/filter_chips.tsx";
import { readDimension } from "@/components/spend/dimension.ts";
import { loadSpend, Spend } from "@/islands/spend.tsx";
import { openFrame } from "../../(_http)/frame.ts";
import { keyNamesOf } from "../../(_http)/key_names.ts";
import { ownApi, shownOrAway } from "../../(_http)/own_api.ts";
import { define } from "../../(_http)/state.ts";
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
    return page({ frame, asked, start, readAt, names });
  },
});

export default define.page<typeof handler>(({ data: { frame, asked, start, readAt, names } }) => (
  <DashboardPage frame={frame} title="Spend">
    <FilterChips url={asked.url} names={names} />
    <datalist id="listed-models">
      {listedModels().map((name) => <option key={name} value={name} />)}
    </datalist>
    <Spend {...asked} start={start} readAt={readAt} />
  </DashboardPage>
));
