/**
 * Text that others wrote, shown so that nothing in it hides: characters without a picture of their own
 * (control, zero-width, direction) are written as their code, and its direction stays inside.
 *
 * @module
 */
import { Fragment } from "preact";
import { visibleParts } from "./visible_parts.ts";

interface VisibleTextProps {
  readonly text: string;
  /** Characters that are shown. Names have no length that could be relied on. @default {1000} */
  readonly most?: number;
}

export function VisibleText({ text, most = 1_000 }: VisibleTextProps) {
  const shown = text.length > most ? `${text.slice(0, most)}…` : text;
  return (
    <bdi>
      {visibleParts(shown).map((part, index) =>
        part.hidden
          ? <span key={index} class="hidden-char" title={part.title}>{part.text}</span>
          // Texts in a list of their own would be escaped twice on the server.
          : <Fragment key={index}>{part.text}</Fragment>
      )}
    </bdi>
  );
}
