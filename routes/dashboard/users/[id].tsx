/**
 * One user: what it used and cost, on which models, in which sessions.
 *
 * @module
 */
import { HttpError, page } from "fresh";
import { Crumbs } from "@/components/crumbs.tsx";
import { drillDown, otherPage } from "@/components/page_url.ts";
import { SumFacts } from "@/components/activity/sum_facts.tsx";
import { ActivityList } from "@/islands/activity_list.tsx";
import { LocalTimes } from "@/islands/local_times.tsx";
import { openFrame, unlessAway, viewBuckets } from "../../(_http)/frame.ts";
import { define } from "../../(_http)/state.ts";
import { Away } from "../(_frame)/list.tsx";
import { DashboardPage } from "../(_frame)/page.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const { services } = ctx.state;
    const frame = await openFrame(ctx);
    const { id = "" } = ctx.params;
    if (id.length > 256) throw new HttpError(404);
    const now = services.now();
    const { range } = viewBuckets(frame, now);
    const found = await unlessAway(
      services.traces.user(frame.project.id, id, { range }, { signal: ctx.req.signal })
        .then((user) => user ?? "missing" as const),
    );
    return page({ frame, id, found, readAt: new Date(now).toISOString() });
  },
});

export default define.page<typeof handler>(({ data: { frame, id, found, readAt } }) => {
  const { url } = frame;
  const heading = (
    <Crumbs href={otherPage("/dashboard/users", url)} list="Users" name={id} most={80} />
  );
  return (
    <DashboardPage frame={frame} title="User" heading={heading} controls={["range"]}>
      {found === null && <Away here={url.pathname + url.search} />}
      {found === "missing" && (
        <div class="empty card">
          <p>
            <strong>No calls of this user in the range.</strong>
          </p>
        </div>
      )}
      {found !== null && found !== "missing" && (
        <>
          <SumFacts
            sums={found.user}
            errors={found.user.errors}
            first={["First seen", found.user.first_seen]}
            last={["Last seen", found.user.last_seen]}
          />
          <LocalTimes />
          <p>
            <a class="button" href={drillDown("/dashboard/requests", url, { user_id: id })}>
              All requests of this user
            </a>
          </p>
          <h2 class="list-title">Models</h2>
          <ActivityList
            list={{ of: "models", rows: found.models }}
            within="user"
            readAt={readAt}
            url={url}
          />
          {found.sessions.length > 0 && (
            <>
              <h2 class="list-title">Sessions</h2>
              <ActivityList
                list={{ of: "sessions", rows: found.sessions }}
                within="user"
                readAt={readAt}
                url={url}
              />
            </>
          )}
        </>
      )}
    </DashboardPage>
  );
});
