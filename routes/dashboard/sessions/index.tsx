/**
 * The sessions of the range: conversations, each with what it used and cost.
 *
 * @module
 */
import { page } from "fresh";
import { openFrame } from "../../(_http)/frame.ts";
import { filterOf, readList } from "../../(_http)/list_query.ts";
import { define } from "../../(_http)/state.ts";
import { ListPage } from "../(_frame)/list.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const { services } = ctx.state;
    const frame = await openFrame(ctx);
    const now = services.now();
    const filters = {
      user_id: filterOf(frame, "user_id"),
      session_id: filterOf(frame, "session_id"),
    };
    const found = await readList(
      frame,
      now,
      (query) =>
        services.traces.sessions(frame.project.id, { ...query, filters }, {
          signal: ctx.req.signal,
        }),
    );
    return page({ frame, found, readAt: new Date(now).toISOString() });
  },
});

export default define.page<typeof handler>(({ data: { frame, found, readAt } }) => (
  <ListPage
    frame={frame}
    title="Sessions"
    list={found && { of: "sessions", rows: found.sessions }}
    nextCursor={found?.next_cursor ?? null}
    readAt={readAt}
    how="A session gathers the calls that were sent with X-WatchLLM-Session, or the SDKs' session id."
  />
));
