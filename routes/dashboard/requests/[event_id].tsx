/**
 * One call: what was said, where its time and its money went, why it went as it did.
 *
 * @module
 */
import { HttpError, page } from "fresh";
import { Actions } from "@/components/call/actions.tsx";
import { Conversation } from "@/components/call/conversation.tsx";
import { curlOf } from "@/components/call/curl.ts";
import { CallFailure } from "@/components/call/failure.tsx";
import { CallHead, callName } from "@/components/call/head.tsx";
import { Headers } from "@/components/call/headers.tsx";
import { Raw } from "@/components/call/raw.tsx";
import { Crumbs } from "@/components/crumbs.tsx";
import { Icon } from "@/components/icon.tsx";
import { otherPage } from "@/components/page_url.ts";
import { recordedCall } from "@/components/playground/recorded.ts";
import { dayText } from "@/components/settings/retention/days.ts";
import { CallFacts } from "@/islands/call_facts.tsx";
import { Playground } from "@/islands/playground.tsx";
import { NoCall } from "@/components/call/no_call.tsx";
import { openFrame, unlessAway } from "../../(_http)/frame.ts";
import { keyNamesOf } from "../../(_http)/key_names.ts";
import { define } from "../../(_http)/state.ts";
import { DashboardPage } from "../(_frame)/page.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const frame = await openFrame(ctx);
    const { event_id = "" } = ctx.params;
    if (event_id.length > 128) throw new HttpError(404);
    const found = await unlessAway(
      ctx.state.services.call(frame.project.id, event_id, { signal: ctx.req.signal }).then(
        (call) => call ?? "missing" as const,
      ),
    );
    if (found === "missing") throw new HttpError(404);
    return page({ frame, found, names: await keyNamesOf(ctx, frame.project.id) });
  },
});

export default define.page<typeof handler>(({ data: { frame, found, names } }) => {
  const { url, project } = frame;
  const back = otherPage("/dashboard/requests", url);
  if (!found) {
    return (
      <DashboardPage frame={frame} title="Call" controls={[]}>
        <NoCall back={back} here={url.pathname + url.search} />
      </DashboardPage>
    );
  }
  const { view, request, response } = found;
  const { event, bodies, transcript, headers, ...facts } = view;
  const { bodiesBefore = null } = frame.readiness.removed ?? {};
  const curl = curlOf({ origin: url.origin, event, body: request });
  return (
    <DashboardPage
      frame={frame}
      title={`${event.model.slice(0, 60) || "Call"}, call`}
      heading={<Crumbs href={back} list="Requests" name={callName(event)} most={80} />}
      controls={[]}
    >
      {bodiesBefore !== null && event.timestamp < bodiesBefore && (
        <p class="notice info num">
          <Icon name="info" />
          <span>
            {`The prompt and the answer were removed by retention, as all from before ${
              dayText(bodiesBefore)
            }.`}
          </span>
        </p>
      )}
      <div class="call-bar">
        <CallHead event={event} />
        <Actions curl={curl} link={new URL(url.pathname, url.origin).href + projectQuery(url)} />
      </div>
      <CallFailure error={event.error} />
      <div class="call-grid">
        <div class="call-main">
          <section class="card" aria-label="Conversation">
            <Conversation transcript={transcript} />
          </section>
          <Raw
            title="Raw request"
            side="request"
            body={request}
            info={bodies.request}
            event={event}
            project={project.id}
          />
          <Raw
            title="Raw answer"
            side="response"
            body={response}
            info={bodies.response}
            event={event}
            project={project.id}
          />
          <Headers headers={headers} />
          <details class="card flush raw">
            <summary>
              <h2>Replay</h2>
              <span class="small muted">send it again through the gateway, changed or not</span>
            </summary>
            <Playground
              project={project.id}
              provider={event.provider}
              path={event.path}
              method={event.method}
              body={request && request.length <= 200_000 ? request : null}
              original={recordedCall(event, transcript)}
              call={otherPage("/dashboard/requests/:id", url)}
            />
          </details>
        </div>
        <aside class="card call-aside" aria-label="Facts">
          <CallFacts view={{ event, bodies, headers, ...facts }} url={url} names={names} />
        </aside>
      </div>
    </DashboardPage>
  );
});

/** A link for others names the project, and nothing of how this page was reached. */
function projectQuery(url: URL): string {
  const project = url.searchParams.get("project");
  return project ? `?${new URLSearchParams({ project })}` : "";
}
