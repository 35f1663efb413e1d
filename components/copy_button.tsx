/**
 * Copies a text. It renders only in the browser, on top of its block, so nothing moves.
 *
 * @module
 */
import { Icon } from "./icon.tsx";
import { copyIcon, type CopyPhase, useCopy } from "./use_copy.ts";

interface CopyButtonProps {
  readonly text: string;
  readonly label: string;
}

export function CopyButton({ text, label }: CopyButtonProps) {
  return <CopyIcon label={label} write={() => navigator.clipboard.writeText(text)} />;
}

interface CopyIconProps {
  readonly label: string;
  /** Puts the text into the clipboard. */
  readonly write: () => Promise<void>;
}

/** The same of a text that is only fetched when it is asked for. */
export function CopyIcon({ label, write }: CopyIconProps) {
  const [phase, copy] = useCopy(write);
  if (phase === "hidden") return null;
  return (
    <button type="button" class="icon-button copy" title="Copy" onClick={copy}>
      <Icon name={copyIcon(phase, "copy")} />
      <span class="sr" aria-live="polite">{said(phase, label)}</span>
    </button>
  );
}

function said(phase: CopyPhase, label: string): string {
  if (phase === "copied") return "Copied";
  return phase === "failed" ? "Could not copy: select the text instead" : `Copy ${label}`;
}
