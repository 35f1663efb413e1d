/**
 * What would go, in words, and the question before it does.
 *
 * @module
 */
import { useId, useState } from "preact/hooks";
import type { RetentionPreview } from "./types.ts";
import type { Answer } from "../../data/read.ts";
import { useAction } from "../../data/use_action.ts";
import { Dialog } from "../../dialog.tsx";
import { countOf, formatBytes } from "../../format.ts";
import { dayText } from "./days.ts";

/** Whether anything that is there now would go. */
export function takesAway({ calls, spans, scores, bodies }: RetentionPreview): boolean {
  return calls + spans + scores + bodies > 0;
}

/** One line for calls, one for bodies; only of what is limited. */
export function removalLines(preview: RetentionPreview): readonly string[] {
  const { calls_before, bodies_before, calls, spans, scores, bodies, body_bytes } = preview;
  const rest = [
    ...(spans > 0 ? [countOf(spans, "span")] : []),
    ...(scores > 0 ? [countOf(scores, "score")] : []),
  ];
  return [
    ...(calls_before === null ? [] : [
      `${[countOf(calls, "call"), ...rest].join(", ")} from before ${dayText(calls_before)}.`,
    ]),
    ...(bodies_before === null ? [] : [
      `Prompts and answers of ${countOf(bodies, "call")} from before ${dayText(bodies_before)}, ` +
      `${formatBytes(body_bytes)}.`,
    ]),
  ];
}

interface RemovalQuestionProps<T> {
  readonly preview: RetentionPreview;
  readonly ask: () => Promise<Answer<T>>;
  readonly then: (value: T) => void;
  readonly close: () => void;
}

const typed = "remove";

export function RemovalQuestion<T>({ preview, ask, then, close }: RemovalQuestionProps<T>) {
  const [text, setText] = useState("");
  const acting = useAction();
  const id = useId();
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const done = await acting.run(ask);
    if (done.ok) then(done.value);
  };
  return (
    <Dialog class="dialog" labelledBy={id} close={close}>
      <form class="stacked" onSubmit={submit}>
        <div>
          <h2 id={id}>Remove what is older?</h2>
          <p>
            With the next look, within ten minutes, this goes from the dashboard, the API and
            exports, and from the log a day or two later. It cannot be brought back.
          </p>
          <ul class="sentences">
            {removalLines(preview).map((line) => <li key={line} class="num">{line}</li>)}
          </ul>
          <p>What was spent stays known: sums by minute, hour and day are kept.</p>
        </div>
        <label>
          <span class="small">
            Type <code>{typed}</code> to go on
          </span>
          <input
            class="field"
            autocomplete="off"
            spellcheck={false}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        {acting.failure && (
          <p class="error-text small" role="alert">
            {acting.failure.detail ?? acting.failure.message}
          </p>
        )}
        <div class="form-foot">
          <button
            type="submit"
            class="button primary"
            disabled={acting.busy || text.trim() !== typed}
          >
            {acting.busy ? "One moment…" : "Save and remove"}
          </button>
          <button type="button" class="button" onClick={close}>Cancel</button>
        </div>
      </form>
    </Dialog>
  );
}
