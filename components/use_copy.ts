/**
 * Copying a text, with what became of it for a moment. There is nothing to press before the script is
 * there: until then the phase is `hidden`.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import type { IconName } from "./icon.tsx";

export type CopyPhase = "hidden" | "ready" | "copied" | "failed";

/** How long it is said that a text was copied, or could not be. */
const saidForMs = 1_600;

/** @param write puts the text into the clipboard, which may be refused */
export function useCopy(write: () => Promise<void>): readonly [phase: CopyPhase, copy: () => void] {
  const [phase, setPhase] = useState<CopyPhase>("hidden");
  useEffect(() => setPhase("ready"), []);
  useEffect(() => {
    if (phase !== "copied" && phase !== "failed") return;
    const timer = setTimeout(() => setPhase("ready"), saidForMs);
    return () => clearTimeout(timer);
  }, [phase]);
  const copy = () => {
    write().then(() => setPhase("copied"), () => setPhase("failed"));
  };
  return [phase, copy];
}

/** What a button shows of it, `usual` while nothing has happened. */
export function copyIcon(phase: CopyPhase, usual: IconName): IconName {
  if (phase === "copied") return "check";
  return phase === "failed" ? "error" : usual;
}
