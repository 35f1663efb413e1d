/**
 * What would go, in words, and the question before it does.
 *
 * @module
 */
import type { RetentionPreview } from "./types.ts";
import { ConfirmDialog } from "../../confirm.tsx";
import type { Answer } from "../../data/read.ts";
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

export function RemovalQuestion<T>({ preview, ...asking }: RemovalQuestionProps<T>) {
  return (
    <ConfirmDialog<T>
      title="Remove what is older?"
      action="Save and remove"
      typed="remove"
      {...asking}
    >
      <p>
        With the next look, within ten minutes, this goes from the dashboard, the API and exports,
        and from the log a day or two later. It cannot be brought back.
      </p>
      <ul class="sentences">
        {removalLines(preview).map((line) => <li key={line} class="num">{line}</li>)}
      </ul>
      <p>What was spent stays known: sums by minute, hour and day are kept.</p>
    </ConfirmDialog>
  );
}
