/**
 * Text that others wrote, shown so that nothing in it hides: characters without a picture of their own
 * (control, zero-width, direction) are written as their code, and its direction stays inside.
 *
 * @module
 */
import { visibleParts } from "./visible_parts.ts";

export function VisibleText({ text }: { text: string }) {
  return (
    <bdi>
      {visibleParts(text).map((part, index) =>
        part.hidden
          ? <span key={index} class="hidden-char" title={part.title}>{part.text}</span>
          : part.text
      )}
    </bdi>
  );
}
