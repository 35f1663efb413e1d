/**
 * Copies a whole body, which the page itself may hold in part only: it is read when it is asked for.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../icon.tsx";

interface CopyBodyProps {
  /** The event as JSON, bodies as text. */
  readonly address: string;
  readonly side: "request" | "response";
}

type Phase = "hidden" | "ready" | "copied" | "failed";

export function CopyBody({ address, side }: CopyBodyProps) {
  const [phase, setPhase] = useState<Phase>("hidden");
  useEffect(() => setPhase("ready"), []);
  useEffect(() => {
    if (phase !== "copied" && phase !== "failed") return;
    const timer = setTimeout(() => setPhase("ready"), 1_600);
    return () => clearTimeout(timer);
  }, [phase]);
  if (phase === "hidden") return null;

  const copy = () => copied(address, side).then(() => setPhase("copied"), () => setPhase("failed"));
  return (
    <button type="button" class="icon-button copy" title="Copy" onClick={copy}>
      <Icon name={phase === "copied" ? "check" : phase === "failed" ? "error" : "copy"} />
      <span class="sr" aria-live="polite">
        {phase === "copied" ? "Copied" : phase === "failed" ? "Could not copy" : `Copy the ${side}`}
      </span>
    </button>
  );
}

async function copied(address: string, side: "request" | "response"): Promise<void> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  const body: unknown = (await answer.json())[side];
  await navigator.clipboard.writeText(typeof body === "string" ? body : JSON.stringify(body));
}
