/**
 * One trace: what led to what, where its time and its money went.
 *
 * @module
 */
import { HttpError, page } from "fresh";
import { traceRows } from "@/core/analytics/trace_rows.ts";
import { Icon } from "@/components/icon.tsx";
import { Crumbs } from "@/components/crumbs.tsx";
import { otherPage } from "@/components/page_url.ts";
import { TraceFacts } from "@/components/trace/summary.tsx";
import { LocalTimes } from "@/islands/local_times.tsx";
import { TraceView } from "@/islands/trace_view.tsx";
import { openFrame, unlessAway } from "../../(_http)/frame.ts";
import { define } from "../../(_http)/state.ts";
import { Away } from "../(_frame)/list.tsx";
import { DashboardPage } from "../(_frame)/page.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const frame = await openFrame(ctx);
    const { trace_id = "" } = ctx.params;
    if (trace_id.length > 256) throw new HttpError(404);
    const found = await unlessAway(
      ctx.state.services.traces.trace(frame.project.id, trace_id, { signal: ctx.req.signal })
        .then((trace) => trace ?? "missing" as const),
    );
    if (found === "missing") throw new HttpError(404);
    return page({
      frame,
      found: found && { ...found, roots: [], rows: traceRows(found) },
    });
  },
});

export default define.page<typeof handler>(({ data: { frame, found } }) => {
  const { url, project } = frame;
  if (!found) {
    return (
      <DashboardPage frame={frame} title="Trace" controls={[]}>
        <Away here={url.pathname + url.search} />
      </DashboardPage>
    );
  }
  const { trace, rows, notes, truncated } = found;
  return (
    <DashboardPage
      frame={frame}
      title="Trace"
      heading={
        <Crumbs
          href={otherPage("/dashboard/traces", url)}
          list="Traces"
          name={trace.name || "unnamed"}
          most={120}
        />
      }
      controls={[]}
    >
      <TraceFacts trace={trace} url={url} />
      <LocalTimes />
      {(notes.length > 0 || truncated) && (
        <div class="notice info" role="note">
          <Icon name="info" />
          <span>
            {notes.join(" ")} {truncated && "It has more spans than are shown here."}
          </span>
        </div>
      )}
      <TraceView rows={rows} durationMs={trace.duration_ms} project={project.id} url={url} />
    </DashboardPage>
  );
});
