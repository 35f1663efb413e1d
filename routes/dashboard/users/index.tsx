/**
 * The users of the range: what each one used and cost.
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
    const filters = { user_id: filterOf(frame, "user_id") };
    const found = await readList(
      frame,
      now,
      (query) =>
        services.traces.users(frame.project.id, { ...query, filters }, { signal: ctx.req.signal }),
    );
    return page({ frame, found, readAt: new Date(now).toISOString() });
  },
});

export default define.page<typeof handler>(({ data: { frame, found, readAt } }) => (
  <ListPage
    frame={frame}
    title="Users"
    list={found && { of: "users", rows: found.users }}
    nextCursor={found?.next_cursor ?? null}
    readAt={readAt}
    how="A user is who a call was made for: X-WatchLLM-User, the request's own user field, or the SDKs' user id."
  />
));
