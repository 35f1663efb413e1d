/**
 * The cache: what it answered and saved, what breaks hits, and what the semantic cache may do.
 *
 * @module
 */
import { HttpError, page } from "fresh";
import { CacheTabs } from "@/components/cache/tabs.tsx";
import { FilterChips } from "@/components/filter_chips.tsx";
import { CachePage, loadCache } from "@/islands/cache.tsx";
import { openFrame } from "../../(_http)/frame.ts";
import { ownApi, shownOrAway } from "../../(_http)/own_api.ts";
import { define } from "../../(_http)/state.ts";
import { DashboardPage } from "../(_frame)/page.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const frame = await openFrame(ctx);
    const asked = { project: frame.project.id, view: frame.view, url: ctx.url };
    const start = shownOrAway(await loadCache(ownApi(ctx), asked, ctx.req.signal));
    if (!start) throw new HttpError(503);
    const readAt = new Date(ctx.state.services.now()).toISOString();
    return page({ frame, asked, start, readAt });
  },
});

export default define.page<typeof handler>(({ data: { frame, asked, start, readAt } }) => (
  <DashboardPage frame={frame} title="Cache" controls={["range", "live"]}>
    <CacheTabs url={asked.url} />
    <FilterChips url={asked.url} />
    <CachePage {...asked} start={start} readAt={readAt} />
  </DashboardPage>
));
