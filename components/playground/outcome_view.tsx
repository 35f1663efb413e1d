/**
 * An answer of the playground: how it went, what was wrong and in whose words, what it says.
 *
 * @module
 */
import { formatDuration } from "../format.ts";
import { Icon } from "../icon.tsx";
import { indented } from "../indented.ts";
import { pathPart } from "../page_url.ts";
import { VisibleText } from "../visible_text.tsx";
import type { Outcome } from "./send.ts";

/** What is shown of an answer; the call's own page has all of it. */
const longest = 40_000;

interface OutcomeViewProps {
  readonly outcome: Outcome;
  /** A call's page, `:id` standing for its id. */
  readonly call: string;
}

const phaseWords: Readonly<Record<Outcome["phase"], string>> = {
  waiting: "Waiting for the answer",
  answering: "Answering",
  ended: "Ended",
  stopped: "Stopped by you",
  broken: "Broken off",
};

/** One line: how far it is, how long it took, where its call is. */
export function OutcomeLine({ outcome, call }: OutcomeViewProps) {
  const { phase, status, ms, firstMs, event } = outcome;
  return (
    <p class="small muted num" role="status">
      {phase === "ended" && status !== null ? `Answered ${status}` : phaseWords[phase]}
      {phase !== "waiting" && ` after ${formatDuration(ms)}`}
      {firstMs !== null && `, first words after ${formatDuration(firstMs)}`}
      {event && (
        <>
          {", "}
          <a href={call.replace(":id", pathPart(event))}>its call</a>
        </>
      )}
    </p>
  );
}

export function OutcomeProblem({ outcome }: { outcome: Outcome }) {
  const { refusedBy, problem, status, retryAfter, raw } = outcome;
  if (!refusedBy && !problem) return null;
  const who = refusedBy === "gateway"
    ? `WatchLLM refused the call (${status})`
    : refusedBy === "provider"
    ? `The provider answered ${status}`
    : "The answer is not whole";
  const words = problem ?? raw.trim();
  return (
    <div class="notice error" role="alert">
      <Icon name="error" />
      <div class="break">
        <strong>{`${who}.`}</strong> <VisibleText text={words || "It says no more."} most={2_000} />
        {retryAfter && (
          <p class="small">
            <VisibleText text={`It may be tried again after ${secondsText(retryAfter)}.`} />
          </p>
        )}
      </div>
    </div>
  );
}

function secondsText(header: string): string {
  return /^\d+$/.test(header) ? `${header} s` : header;
}

export function RawAnswer({ outcome: { raw } }: { outcome: Outcome }) {
  if (raw === "") return null;
  return (
    <details class="as-table">
      <summary>The answer as it came</summary>
      <pre
        class="answer-text"
        tabindex={0}
      ><VisibleText text={indented(raw)} most={longest} /></pre>
    </details>
  );
}
