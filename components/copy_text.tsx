/**
 * A button with a word that copies a text. Without script it is not shown, and its room is kept.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { Icon, type IconName } from "./icon.tsx";

interface CopyTextProps {
  readonly text: string;
  readonly icon: IconName;
  readonly label: string;
}

type Phase = "hidden" | "ready" | "copied" | "failed";

export function CopyText({ text, icon, label }: CopyTextProps) {
  const [phase, setPhase] = useState<Phase>("hidden");
  useEffect(() => setPhase("ready"), []);
  useEffect(() => {
    if (phase !== "copied" && phase !== "failed") return;
    const timer = setTimeout(() => setPhase("ready"), 1_600);
    return () => clearTimeout(timer);
  }, [phase]);

  const copy = () =>
    navigator.clipboard.writeText(text).then(() => setPhase("copied"), () => setPhase("failed"));
  return (
    <button
      type="button"
      class={phase === "hidden" ? "control waiting" : "control"}
      disabled={phase === "hidden"}
      onClick={copy}
    >
      <Icon name={phase === "copied" ? "check" : phase === "failed" ? "error" : icon} />
      {label}
      <span class="sr" aria-live="polite">
        {phase === "copied" ? "Copied" : phase === "failed" ? "Could not copy" : ""}
      </span>
    </button>
  );
}
