/**
 * Sends a call again through the gateway, changed or not, shows what comes as it comes, and compares it
 * with the original. It speaks as any client does: with a project key, which stays in this page.
 *
 * @module
 */
import { hc } from "hono/client";
import { useEffect, useRef, useState } from "preact/hooks";
import type { CallView } from "@/core/transcript/call_view.ts";
import { indented } from "@/components/indented.ts";
import { bodyOf } from "@/components/playground/body.ts";
import { Compared } from "@/components/playground/compared.tsx";
import { KeyField } from "@/components/playground/key_field.tsx";
import { OutcomeLine, OutcomeProblem, RawAnswer } from "@/components/playground/outcome_view.tsx";
import { type RecordedCall, recordedCall } from "@/components/playground/recorded.ts";
import { RequestFields } from "@/components/playground/request_fields.tsx";
import { type Outcome, send } from "@/components/playground/send.ts";
import { useRecorded } from "@/components/playground/use_recorded.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";

const { projects, analytics } = hc<ApiType>("/").v1;

interface PlaygroundProps {
  readonly project: string;
  readonly provider: string;
  /** The provider's path. */
  readonly path: string;
  readonly method: string;
  /** Null when it was not kept or is too long to edit. */
  readonly body: string | null;
  readonly original: RecordedCall;
  /** A call's page, `:id` standing for its id. */
  readonly call: string;
}

export function Playground(props: PlaygroundProps) {
  const { project, provider, path, method, original, call } = props;
  const hasBody = method !== "GET";
  const [start] = useState(() => indented(props.body ?? ""));
  const [text, setText] = useState(start);
  const body = bodyOf(text);
  const [asJson, setAsJson] = useState(body === null);
  const [key, setKey] = useState("");
  const [anew, setAnew] = useState(true);
  const [malformed, setMalformed] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const running = outcome?.phase === "waiting" || outcome?.phase === "answering";
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => openedByLink(form.current), []);
  const recorded = useRecorded<CallView>(running ? null : outcome?.event ?? null, {
    isThere: (event_id) => analytics.recorded.$get({ query: { project_id: project, event_id } }),
    call: (event_id) =>
      analytics.event[":event_id"].call.$get({
        param: { event_id },
        query: { project_id: project },
      }),
  });

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (running) return;
    setMalformed(hasBody && body === null);
    if (hasBody && body === null) return;
    const end = stop.current = new AbortController();
    // Unchanged it is sent as it was: numbers that JavaScript cannot hold stay what they are.
    const sent = text === start ? props.body ?? "" : text;
    send({ provider, path, method, body: sent, key, anew }, end.signal, setOutcome);
  };

  return (
    <form ref={form} id="replay" class="playground" onSubmit={submit}>
      <div class="section-head">
        <code class="small ellipsis">{`${method} /proxy/${provider}${path}`}</code>
        {hasBody && (
          <span class="row-actions">
            {text !== start && (
              <button
                type="button"
                class="button small-button"
                onClick={() => setText(start)}
              >
                Back to the original
              </button>
            )}
            <button
              type="button"
              class="button small-button"
              aria-pressed={asJson}
              disabled={asJson && body === null}
              title={asJson && body === null ? "The JSON has to be valid first" : ""}
              onClick={() => setAsJson(!asJson)}
            >
              Edit as JSON
            </button>
          </span>
        )}
      </div>
      {hasBody && props.body === null && (
        <p class="small muted">
          The request was not kept, or is too long to be edited here. Write one as JSON.
        </p>
      )}
      {hasBody && (asJson || body === null) && (
        <textarea
          class="field mono"
          rows={14}
          spellcheck={false}
          {...{ value: text }}
          onInput={(event) => setText(event.currentTarget.value)}
          aria-label="Request"
          {...(malformed && body === null && { "aria-invalid": "true" as const })}
        />
      )}
      {hasBody && !asJson && body !== null && (
        <RequestFields
          path={path}
          body={body}
          change={(next) => setText(JSON.stringify(next, null, 2))}
        />
      )}
      <div class="playground-row">
        <KeyField
          value={key}
          set={setKey}
          make={() =>
            projects[":id"].keys.$post({ param: { id: project }, json: { environment: "test" } })}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={anew}
            onChange={(event) => setAnew(event.currentTarget.checked)}
          />
          Ask the provider, not the cache
        </label>
        {running
          // Of two buttons in one place the click on the first would submit by the second.
          ? (
            <button key="stop" type="button" class="button" onClick={() => stop.current?.abort()}>
              Stop
            </button>
          )
          : <button key="send" type="submit" class="button primary">Send</button>}
      </div>
      {malformed && body === null && (
        <p class="error-text" role="alert">The request is not a valid JSON object.</p>
      )}
      {outcome && (
        <section class="stacked" aria-label="Answer">
          <OutcomeLine outcome={outcome} call={call} />
          <OutcomeProblem outcome={outcome} />
          <Compared
            original={original}
            now={recorded.phase === "there"
              ? recordedCall(recorded.value.event, recorded.value.transcript)
              : null}
            pending={running
              ? "Its figures come when it has ended."
              : recorded.phase === "failed"
              ? recorded.message
              : outcome.event === null
              ? "Nothing was recorded."
              : "Being recorded…"}
            text={outcome.text}
            running={running}
          />
          <RawAnswer outcome={outcome} />
        </section>
      )}
    </form>
  );
}

/** The link to it unfolds it, in browsers too that do not by themselves. */
function openedByLink(form: HTMLFormElement | null): () => void {
  const open = () => {
    if (location.hash !== `#${form?.id}`) return;
    form?.closest("details")?.setAttribute("open", "");
    form?.scrollIntoView({ block: "nearest" });
  };
  open();
  addEventListener("hashchange", open);
  return () => removeEventListener("hashchange", open);
}
