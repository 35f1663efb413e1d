/**
 * Sends a call again through the gateway, changed or not, and shows what comes as it comes. It speaks as
 * any client does: with a project key, which stays in this page.
 *
 * @module
 */
import { hc } from "hono/client";
import { useRef, useState } from "preact/hooks";
import { read } from "@/components/data/read.ts";
import { formatDuration } from "@/components/format.ts";
import { pathPart } from "@/components/page_url.ts";
import { VisibleText } from "@/components/visible_text.tsx";
import type { ApiType } from "@/routes/(_api)/app.ts";

const keys = hc<ApiType>("/").v1.projects[":id"].keys;

interface PlaygroundProps {
  readonly project: string;
  readonly provider: string;
  /** The provider's path. */
  readonly path: string;
  readonly method: string;
  /** Null when it was not kept or is too long to edit. */
  readonly body: string | null;
  /** A call's page, `:id` standing for its id. */
  readonly call: string;
}

interface Outcome {
  readonly status: number | null;
  readonly text: string;
  readonly event: string | null;
  readonly ms: number;
  readonly running: boolean;
}

/** What is shown of an answer; the call's own page has all of it. */
const longest = 40_000;

export function Playground(props: PlaygroundProps) {
  const { project, provider, path, method, call } = props;
  const [body, setBody] = useState(() => indented(props.body ?? ""));
  const [key, setKey] = useState("");
  const [anew, setAnew] = useState(true);
  const [problem, setProblem] = useState<string | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const stop = useRef<AbortController | null>(null);

  const makeKey = async () => {
    const made = await read<{ key: string }>(
      () => keys.$post({ param: { id: project }, json: { environment: "test" } }),
      { signal: AbortSignal.timeout(20_000), retries: false },
    );
    if (!made.ok) return setProblem(made.failure.message);
    setKey(made.value.key);
    setProblem(null);
  };

  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    if (method !== "GET" && !isJson(body)) return setProblem("The request is not valid JSON.");
    setProblem(null);
    const end = stop.current = new AbortController();
    const begun = performance.now();
    let latest: Outcome = { status: null, text: "", event: null, ms: 0, running: true };
    const show = (change: Partial<Outcome>) => {
      latest = { ...latest, ...change, ms: performance.now() - begun };
      setOutcome(latest);
    };
    show({});
    try {
      const answer = await fetch(`/proxy/${pathPart(provider)}${path}`, {
        method,
        signal: end.signal,
        headers: {
          "authorization": `Bearer ${key}`,
          "content-type": "application/json",
          ...(anew && { "x-watchllm-cache-mode": "refresh" }),
        },
        ...(method !== "GET" && { body }),
      });
      show({ status: answer.status, event: answer.headers.get("x-watchllm-event-id") });
      const decoder = new TextDecoder();
      const reader = answer.body?.getReader();
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
        show({ text: latest.text + decoder.decode(part.value, { stream: true }) });
      }
    } catch {
      if (!end.signal.aborted) setProblem("The gateway could not be reached.");
    }
    show({ running: false });
  };

  return (
    <form class="playground" onSubmit={send}>
      <label>
        <span class="small muted">{`${method} /proxy/${provider}${path}`}</span>
        <textarea
          class="field mono"
          rows={14}
          spellcheck={false}
          value={body}
          onInput={(event) => setBody(event.currentTarget.value)}
          aria-label="Request"
        />
      </label>
      {props.body === null && (
        <p class="small muted">The request was not kept, or is too long to be edited here.</p>
      )}
      <div class="playground-row">
        <label class="key-field">
          <span class="small muted">Project key, kept in this page only</span>
          <input
            class="field mono"
            type="password"
            required
            autocomplete="off"
            placeholder="wl_live_..."
            value={key}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </label>
        <button type="button" class="button" onClick={makeKey}>Make a test key</button>
        <label class="check">
          <input
            type="checkbox"
            checked={anew}
            onChange={(event) => setAnew(event.currentTarget.checked)}
          />
          Ask the provider anew
        </label>
        {outcome?.running
          ? <button type="button" class="button" onClick={() => stop.current?.abort()}>Stop</button>
          : <button type="submit" class="button primary">Send</button>}
      </div>
      {problem && <p class="error-text" role="alert">{problem}</p>}
      {outcome && (
        <section aria-label="Answer" aria-live="polite">
          <p class="small muted num">
            {outcome.running ? "Answering" : outcome.status ?? "No answer"},{" "}
            {formatDuration(outcome.ms)}
            {outcome.event && (
              <>
                , <a href={call.replace(":id", pathPart(outcome.event))}>its call</a>
              </>
            )}
          </p>
          <pre
            class="answer-text"
            tabindex={0}
          ><VisibleText text={indented(outcome.text)} most={longest} /></pre>
        </section>
      )}
    </form>
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function indented(text: string): string {
  return /^\s*[[{]/.test(text) && isJson(text) ? JSON.stringify(JSON.parse(text), null, 2) : text;
}
