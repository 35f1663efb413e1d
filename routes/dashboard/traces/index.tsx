/**
 * The traces of the range: what an application did, with the calls that it made for it.
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
    const [status] = filterOf(frame, "status") ?? [];
    const filters = {
      user_id: filterOf(frame, "user_id"),
      session_id: filterOf(frame, "session_id"),
      model: filterOf(frame, "model"),
      ...((status === "error" || status === "success") && { status } as const),
    };
    const found = await readList(frame, now, (query) =>
      services.traces.traces(
        frame.project.id,
        { ...query, filters },
        { signal: ctx.req.signal },
      ));
    return page({ frame, found, readAt: new Date(now).toISOString() });
  },
});

export default define.page<typeof handler>(({ data: { frame, found, readAt } }) => (
  <ListPage
    frame={frame}
    title="Traces"
    list={found && { of: "traces", rows: found.traces }}
    nextCursor={found?.next_cursor ?? null}
    readAt={readAt}
    how="A trace is what carries one trace id: calls sent with traceparent, spans of OpenTelemetry, and what the SDKs record."
  />
));
