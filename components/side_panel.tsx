/**
 * Details beside a list: over its right side, closed by its button or `Esc`. The list stays where it is
 * and can be walked on through.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icon.tsx";

interface SidePanelProps {
  readonly title: ComponentChildren;
  /** What the panel is, for screen readers. */
  readonly label: string;
  readonly close: () => void;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function SidePanel({ title, label, close, actions, children }: SidePanelProps) {
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !document.querySelector("dialog[open], :popover-open")) {
        latest.current();
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return (
    <aside class="side-panel" aria-label={label}>
      <header>
        <div class="ellipsis side-title">{title}</div>
        {actions}
        <button type="button" class="icon-button" title="Close (Esc)" onClick={close}>
          <Icon name="close" />
          <span class="sr">Close</span>
        </button>
      </header>
      <div class="side-body" tabindex={0} role="region" aria-label={label}>{children}</div>
    </aside>
  );
}
