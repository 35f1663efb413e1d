/**
 * Copies a text. It renders only in the browser, on top of its block, so nothing moves.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";

interface CopyButtonProps {
  readonly text: string;
  readonly label: string;
}

type Phase = "hidden" | "ready" | "copied" | "failed";

export function CopyButton({ text, label }: CopyButtonProps) {
  const [phase, setPhase] = useState<Phase>("hidden");

  useEffect(() => setPhase("ready"), []);
  useEffect(() => {
    if (phase !== "copied" && phase !== "failed") return;
    const timer = setTimeout(() => setPhase("ready"), 1_600);
    return () => clearTimeout(timer);
  }, [phase]);

  if (phase === "hidden") return null;

  const copy = () =>
    navigator.clipboard.writeText(text).then(() => setPhase("copied"), () => setPhase("failed"));

  return (
    <button type="button" class="icon-button copy" title="Copy" onClick={copy}>
      <Icon name={phase === "copied" ? "check" : phase === "failed" ? "error" : "copy"} />
      <span class="sr" aria-live="polite">
        {phase === "copied"
          ? "Copied"
          : phase === "failed"
          ? "Could not copy: select the text instead"
          : `Copy ${label}`}
      </span>
    </button>
  );
}
