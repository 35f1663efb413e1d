/**
 * One session as it went: its calls in order, each with what was said last, and the tools between them.
 *
 * @module
 */
import { HttpError, page } from "fresh";
import { SumFacts } from "@/components/activity/sum_facts.tsx";
import { SessionCalls } from "@/components/activity/session_calls.tsx";
import { Crumbs } from "@/components/crumbs.tsx";
import { drillDown, otherPage } from "@/components/page_url.ts";
import { ActivityList } from "@/islands/activity_list.tsx";
import { LocalTimes } from "@/islands/local_times.tsx";
import { openFrame, unlessAway } from "../../(_http)/frame.ts";
import { define } from "../../(_http)/state.ts";
import { Away } from "../(_frame)/list.tsx";
import { DashboardPage } from "../(_frame)/page.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const { services } = ctx.state;
    const frame = await openFrame(ctx);
    const { id = "" } = ctx.params;
    if (id.length > 256) throw new HttpError(404);
    const found = await unlessAway(
      services.traces.session(frame.project.id, id, { signal: ctx.req.signal })
        .then((session) => session ?? "missing" as const),
    );
    if (found === "missing") throw new HttpError(404);
    return page({ frame, id, found, readAt: new Date(services.now()).toISOString() });
  },
});

export default define.page<typeof handler>(({ data: { frame, id, found, readAt } }) => {
  const { url } = frame;
  const heading = (
    <Crumbs href={otherPage("/dashboard/sessions", url)} list="Sessions" name={id} most={80} />
  );
  return (
    <DashboardPage frame={frame} title="Session" heading={heading} controls={[]}>
      {found === null ? <Away here={url.pathname + url.search} /> : (
        <>
          <SumFacts
            sums={found.session}
            errors={found.session.errors}
            first={["Began", found.session.start]}
            last={["Last call", found.session.end]}
          />
          <p>
            <a class="button" href={drillDown("/dashboard/requests", url, { session_id: id })}>
              All requests of this session
            </a>
          </p>
          <h2 class="list-title">Conversation</h2>
          <SessionCalls calls={found.calls} tools={found.tools} url={url} />
          <LocalTimes />
          {found.traces.length > 0 && (
            <>
              <h2 class="list-title">Traces</h2>
              <ActivityList
                list={{ of: "traces", rows: found.traces }}
                within="session"
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
