/**
 * A provider's key as a row: how it does, its place in the order, a trial, a pause, its end.
 *
 * @module
 */
import { useState } from "preact/hooks";
import { ConfirmButton } from "../../confirm.tsx";
import type { Answer } from "../../data/read.ts";
import { useAction } from "../../data/use_action.ts";
import { formatAgo, formatDuration } from "../../format.ts";
import { Icon } from "../../icon.tsx";
import type { ShownProviderKey } from "../types.ts";
import { kindWords } from "./credential.ts";

/** What came back from a provider that was asked whether a key is right. */
export interface Trial {
  readonly outcome: string;
  readonly message: string;
  readonly models: number | null;
  readonly latency_ms: number;
}

/** What can be done with a key. */
export interface KeyActions {
  readonly test: (id: string) => Promise<Answer<Trial>>;
  readonly change: (
    id: string,
    change: { priority?: number; enabled?: boolean },
  ) => Promise<Answer<ShownProviderKey>>;
  readonly remove: (id: string) => Promise<Answer<unknown>>;
  /** After any of it. */
  readonly then: () => Promise<void>;
}

interface KeyRowProps {
  readonly shown: ShownProviderKey;
  /** The provider's name for people. */
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly can: KeyActions;
}

export function KeyRow({ shown, title, now, can }: KeyRowProps) {
  const { key_id: id, kind, name, last_four, priority, enabled, last_used_at } = shown;
  const acting = useAction();
  const [told, setTold] = useState<string | null>(null);

  const change = async (wanted: { priority?: number; enabled?: boolean }) => {
    setTold(null);
    await acting.run(() => can.change(id, wanted));
    await can.then();
  };
  const test = async () => {
    setTold("Trying…");
    const done = await acting.run(() => can.test(id));
    setTold(done.ok ? trialText(done.value) : null);
    await can.then();
  };
  return (
    <tr>
      <th scope="row">
        <span class="name-cell flat">
          {title}
          {name && <span class="muted small ellipsis">{name}</span>}
        </span>
      </th>
      <td>
        <code>{last_four ? `…${last_four}` : "too short to show"}</code>
        {kind !== "api_key" && <span class="muted small">{` ${kindWords[kind]}`}</span>}
      </td>
      <td class="wraps">
        <Health shown={shown} />
        <div class="small" role="status">
          {acting.failure
            ? (
              <span class="error-text">
                {acting.failure.detail ?? acting.failure.message}
              </span>
            )
            : <span class="muted">{told}</span>}
        </div>
      </td>
      <td>
        <input
          class="field priority"
          type="number"
          min={0}
          max={1000}
          aria-label={`Priority of ${name || last_four}, lower is first`}
          title="Lower is taken first; equal ones take turns"
          value={priority}
          onChange={(event) => change({ priority: Number(event.currentTarget.value) })}
        />
      </td>
      <td class="num">{last_used_at ? formatAgo(last_used_at, now) : "never"}</td>
      <td>
        <span class="row-actions">
          <button
            type="button"
            class="button small-button"
            disabled={acting.busy}
            onClick={test}
          >
            Test
          </button>
          <button
            type="button"
            class="button small-button"
            disabled={acting.busy}
            onClick={() => change({ enabled: !enabled })}
          >
            {enabled ? "Pause" : "Use"}
          </button>
          <ConfirmButton
            label="Remove"
            danger
            title={`Remove ${title} …${last_four}?`}
            action="Remove it"
            ask={() => can.remove(id)}
            then={can.then}
          >
            <p>
              Calls that need it fail unless there is another key for this provider. The key itself
              stays valid at the provider.
            </p>
          </ConfirmButton>
        </span>
      </td>
    </tr>
  );
}

function Health({ shown: { readable, enabled, health } }: { shown: ShownProviderKey }) {
  if (!readable) {
    return (
      <span class="state error">
        <Icon name="error" /> cannot be decrypted: remove it and add it again
      </span>
    );
  }
  if (!enabled) return <span class="muted">paused</span>;
  if (health.state === "ok") {
    return (
      <span class="state ok">
        <Icon name="check" /> ok
      </span>
    );
  }
  const refused = health.state === "refused";
  return (
    <span class={refused ? "state error" : "state warning"}>
      <Icon name="warning" />{" "}
      {refused ? `refused by the provider (${health.status})` : `rests after a ${health.status}`}
    </span>
  );
}

function trialText({ outcome, message, models, latency_ms }: Trial): string {
  if (outcome !== "accepted") return message;
  const listed = models === null ? "" : `, ${models} models`;
  return `Accepted${listed}, ${formatDuration(latency_ms)}.`;
}
