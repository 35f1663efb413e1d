import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";

/** Opens and closes; what it shows was rendered by the server. */
export function Panel(props: { id: string; open: boolean; children: ComponentChildren }) {
  const open = useSignal(props.open);
  return (
    <section id={props.id}>
      <button type="button" onClick={() => open.value = !open.value}>
        {open.value ? "Close" : "Open"}
      </button>
      {open.value && <div class="content">{props.children}</div>}
    </section>
  );
}
