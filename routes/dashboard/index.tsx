/**
 * The overview: what the calls cost, how they came in, what needs a look; before the first call, how to
 * send it.
 *
 * @module
 */
import { page } from "fresh";
import { filtersOf } from "@/core/analytics/filters.ts";
import { FilterChips } from "@/components/filter_chips.tsx";
import { filterQuery } from "@/components/page_url.ts";
import { FirstCall } from "@/islands/first_call.tsx";
import { Overview } from "@/islands/overview.tsx";
import { openFrame, unlessAway, viewBuckets } from "../(_http)/frame.ts";
import { define } from "../(_http)/state.ts";
import { DashboardPage } from "./(_frame)/page.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const { services } = ctx.state;
    const frame = await openFrame(ctx);
    const now = services.now();
    const query = {
      ...viewBuckets(frame, now),
      filters: filtersOf(filterQuery(ctx.url.searchParams)),
      compare: frame.view.compare,
      now,
    };
    const { signal } = ctx.req;
    const start = await unlessAway(services.overview(frame.project.id, query, { signal }));
    return page({ frame, start, readAt: new Date(now).toISOString() });
  },
});

export default define.page<typeof handler>(({ data: { frame, start, readAt } }) => {
  const { url, view, project, readiness } = frame;
  if (start && start.now.requests === 0 && !readiness.firstCallSeen) {
    return (
      <DashboardPage frame={frame} title="Overview" heading="Welcome" controls={[]}>
        <FirstCall origin={url.origin} project={project.id} readiness={readiness} />
      </DashboardPage>
    );
  }
  return (
    <DashboardPage frame={frame} title="Overview">
      <FilterChips url={url} />
      <Overview start={start} readAt={readAt} project={project.id} view={view} url={url} />
    </DashboardPage>
  );
});
