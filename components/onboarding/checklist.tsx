/**
 * What there is to do before the first figures, each point turning by itself: a provider's key, a
 * project's key, the client's address, the first call. And what to do without an application at hand.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { CopyButton } from "../copy_button.tsx";
import { exactCount } from "../format.ts";
import { Icon } from "../icon.tsx";
import { providerName, type Readiness } from "../readiness.ts";
import { SnippetTabs } from "../snippet_tabs.tsx";
import { allSnippets } from "../snippets.ts";

/** How far the demo data is. */
export interface DemoProgress {
  readonly phase: "none" | "filling" | "filled";
  readonly events: number;
  readonly expected: number | null;
}

interface ChecklistProps {
  readonly origin: string;
  readonly readiness: Readiness;
  /** The key that was just made; it can't be read again. */
  readonly newKey: string | null;
  readonly demo: DemoProgress;
  /** Why the last thing that was asked for did not happen. */
  readonly problem: string | null;
  /** Where provider keys are stored. */
  readonly providersHref: string;
  readonly makeKey: () => void;
  readonly fillDemo: () => void;
}

export function Checklist(props: ChecklistProps) {
  const { origin, readiness, newKey, demo, problem, providersHref, makeKey, fillDemo } = props;
  const names = [...new Set(readiness.providers.map(providerName))];
  return (
    <div class="onboarding">
      <div class="onboarding-steps">
        <ol class="checklist card" role="list">
          <Step done={names.length > 0} title="A provider's key">
            {names.length > 0 ? <span title={names.join(", ")}>{callable(names)}</span> : (
              <>
                <a href={providersHref}>Store a provider's key</a>, or keep sending it with each
                call, and the project key as <code>X-WatchLLM-Key</code>.
              </>
            )}
          </Step>
          <Step done={newKey !== null} title="A project key">
            {newKey === null
              ? (
                <>
                  Use the one that was shown when this project was made (the first project's was
                  printed at the first start), or{" "}
                  <button type="button" class="link" onClick={makeKey}>make a new key</button>.
                </>
              )
              : (
                <>
                  <span class="new-key">
                    <code>{newKey}</code>
                    <CopyButton text={newKey} label="the key" />
                  </span>
                  Keep it now: it is shown this once. It is in the snippet already.
                </>
              )}
          </Step>
          <Step done={readiness.firstCallSeen} title="The client's address">
            Change the base URL of your client to the one marked in the snippet. Nothing else
            changes.
          </Step>
          <Step done={readiness.firstCallSeen} waiting title="Waiting for your first call">
            This page shows it by itself, within two seconds of its end.
          </Step>
        </ol>
        <section class="card demo-offer" aria-labelledby="demo-title">
          <h2 id="demo-title">No application at hand?</h2>
          <DemoOffer demo={demo} fillDemo={fillDemo} />
        </section>
        {problem && <p class="error-text" role="alert">{problem}</p>}
      </div>
      <SnippetTabs origin={origin} all={allSnippets({ origin, key: newKey })} />
    </div>
  );
}

/** The first of many stand for all of them: the title has their names. */
function callable(names: readonly string[]): string {
  const shown = names.length > 6 ? names.slice(0, 5) : names;
  const more = names.length - shown.length;
  return `Calls to ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""} can be made.`;
}

function DemoOffer({ demo, fillDemo }: Pick<ChecklistProps, "demo" | "fillDemo">) {
  if (demo.phase === "none") {
    return (
      <>
        <p class="muted">
          Fill this project with a month of made-up calls to look around. It goes away again with
          one click, and nothing leaves this machine.
        </p>
        <button type="button" class="button" onClick={fillDemo}>Fill with demo data</button>
      </>
    );
  }
  const share = demo.expected ? Math.min(1, demo.events / demo.expected) : 1;
  return (
    <div role="status">
      <p class="muted num">
        {demo.phase === "filling"
          ? `${exactCount(demo.events)} of about ${
            exactCount(demo.expected ?? 0)
          } calls are written.`
          : "All calls are written. The figures come in a moment."}
      </p>
      <progress max={1} value={share}>{Math.round(share * 100)} %</progress>
    </div>
  );
}

interface StepProps {
  readonly done: boolean;
  /** Whether it is what the page waits for. */
  readonly waiting?: boolean;
  readonly title: string;
  readonly children: ComponentChildren;
}

function Step({ done, waiting = false, title, children }: StepProps) {
  return (
    <li class={done ? "step done" : waiting ? "step waits" : "step"}>
      <Icon name={done ? "check" : waiting ? "wait" : "arrow"} />
      <div>
        <h2>
          {title}
          <span class="sr">{done ? ", done" : ""}</span>
        </h2>
        <div class="muted">{children}</div>
      </div>
    </li>
  );
}
