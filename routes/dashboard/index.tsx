/**
 * The overview: what the calls cost, how they came in, what needs a look; before the first call, how to
 * send it.
 *
 * @module
 */
import { page } from "fresh";
import { filtersOf } from "@/core/analytics/filters.ts";
import { FilterChips } from "@/components/filter_chips.tsx";
import { filterQuery, otherPage } from "@/components/page_url.ts";
import { DemoNotice } from "@/islands/demo_notice.tsx";
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
    const [start, demo] = await Promise.all([
      unlessAway(services.overview(frame.project.id, query, { signal })),
      services.demo.state(frame.project.id),
    ]);
    return page({ frame, start, demo, readAt: new Date(now).toISOString() });
  },
});

export default define.page<typeof handler>(({ data: { frame, start, demo, readAt } }) => {
  const { url, view, project, readiness } = frame;
  const untouched = start && start.now.requests === 0 && !readiness.firstCallSeen;
  if (untouched || demo.phase === "filling") {
    return (
      <DashboardPage frame={frame} title="Overview" heading="Welcome" controls={[]}>
        <FirstCall
          origin={url.origin}
          project={project.id}
          readiness={readiness}
          demo={demo}
          providersHref={otherPage("/dashboard/settings/providers", url)}
        />
      </DashboardPage>
    );
  }
  return (
    <DashboardPage frame={frame} title="Overview">
      {demo.phase === "filled" && <DemoNotice project={project.id} />}
      <FilterChips url={url} />
      <Overview start={start} readAt={readAt} project={project.id} view={view} url={url} />
    </DashboardPage>
  );
});
