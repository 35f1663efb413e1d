/**
 * Facts about what a page is about, in a line above it.
 *
 * @module
 */
import type { ComponentChildren } from "preact";

export function FactsLine({ children }: { children: ComponentChildren }) {
  return <dl class="facts-line">{children}</dl>;
}

/** A word and what it is. */
export function Fact({ term, children }: { term: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd class="num">{children}</dd>
    </div>
  );
}
