/**
 * A button with a word that copies a text. Without script it is not shown, and its room is kept.
 *
 * @module
 */
import { Icon, type IconName } from "./icon.tsx";
import { copyIcon, useCopy } from "./use_copy.ts";

interface CopyTextProps {
  readonly text: string;
  readonly icon: IconName;
  readonly label: string;
}

export function CopyText({ text, icon, label }: CopyTextProps) {
  const [phase, copy] = useCopy(() => navigator.clipboard.writeText(text));
  return (
    <button
      type="button"
      class={phase === "hidden" ? "control waiting" : "control"}
      disabled={phase === "hidden"}
      onClick={copy}
    >
      <Icon name={copyIcon(phase, icon)} />
      {label}
      <span class="sr" aria-live="polite">
        {phase === "copied" ? "Copied" : phase === "failed" ? "Could not copy" : ""}
      </span>
    </button>
  );
}
