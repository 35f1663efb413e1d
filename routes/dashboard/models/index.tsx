/**
 * The models of the range: what each one cost, how fast it was, what failed.
 *
 * @module
 */
import { page } from "fresh";
import { filtersOf } from "@/core/analytics/filters.ts";
import { filterQuery } from "@/components/page_url.ts";
import { openFrame } from "../../(_http)/frame.ts";
import { readList } from "../../(_http)/list_query.ts";
import { define } from "../../(_http)/state.ts";
import { ListPage } from "../(_frame)/list.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const { services } = ctx.state;
    const frame = await openFrame(ctx);
    const now = services.now();
    const filters = filtersOf(filterQuery(ctx.url.searchParams));
    const found = await readList(
      frame,
      now,
      ({ range }) =>
        services.traces.models(frame.project.id, { range, filters }, { signal: ctx.req.signal }),
    );
    return page({ frame, found, readAt: new Date(now).toISOString() });
  },
});

export default define.page<typeof handler>(({ data: { frame, found, readAt } }) => (
  <ListPage
    frame={frame}
    title="Models"
    list={found && { of: "models", rows: found }}
    nextCursor={null}
    readAt={readAt}
    how="A model is here once it was asked for, through the gateway or by what was ingested."
  />
));
