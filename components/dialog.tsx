/**
 * A dialog over the page, open for as long as it is rendered. `Esc` and a click beside it close it, and
 * the focus returns to where it came from.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface DialogProps {
  readonly class: string;
  /** The id of its heading. */
  readonly labelledBy?: string;
  /** What it is, when it has no heading. */
  readonly label?: string;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

export function Dialog({ class: name, labelledBy, label, close, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  /** A selection that began inside may end beside it. */
  const pressedBeside = useRef(false);
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      class={name}
      {...(labelledBy && { "aria-labelledby": labelledBy })}
      {...(label && { "aria-label": label })}
      onClose={close}
      onPointerDown={(event) => pressedBeside.current = isBeside(event)}
      onClick={(event) => pressedBeside.current && isBeside(event) && close()}
    >
      {children}
    </dialog>
  );
}

/** What lies beside a dialog belongs to it as well; so does its padding, which is no way out. */
function isBeside(event: preact.TargetedMouseEvent<HTMLDialogElement>): boolean {
  if (event.target !== event.currentTarget) return false;
  const { clientX, clientY } = event;
  const { left, right, top, bottom } = event.currentTarget.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}
