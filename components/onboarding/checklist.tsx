/**
 * What there is to do before the first figures, each point turning by itself: a provider's key, the
 * client's address, the first call.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { Icon } from "../icon.tsx";
import { providerName, type Readiness } from "../readiness.ts";
import { SnippetTabs } from "../snippet_tabs.tsx";

interface ChecklistProps {
  readonly origin: string;
  readonly project: string;
  readonly readiness: Readiness;
}

export function Checklist({ origin, readiness }: ChecklistProps) {
  const names = [...new Set(readiness.providers.map(providerName))];
  return (
    <div class="onboarding">
      <ol class="checklist card" role="list">
        <Step done={names.length > 0} title="A provider's key">
          {names.length > 0
            ? `Kept here for ${names.join(", ")}.`
            : "Store a key, or keep sending the provider's own key with each call."}
        </Step>
        <Step done={readiness.firstCallSeen} title="The first call" current>
          Waiting for your first call.
        </Step>
      </ol>
      <SnippetTabs origin={origin} />
    </div>
  );
}

interface StepProps {
  readonly done: boolean;
  readonly current?: boolean;
  readonly title: string;
  readonly children: ComponentChildren;
}

function Step({ done, title, children }: StepProps) {
  return (
    <li class={done ? "step done" : "step"}>
      <Icon name={done ? "check" : "wait"} />
      <div>
        <h2>{title}</h2>
        <div class="muted">{children}</div>
      </div>
    </li>
  );
}
