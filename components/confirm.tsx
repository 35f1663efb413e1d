/**
 * A button that asks before it acts. What cannot be undone names its object; what breaks others at once
 * must be typed.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

interface ConfirmButtonProps {
  readonly label: ComponentChildren;
  readonly class?: string;
  readonly disabled?: boolean;
  readonly title: string;
  /** What will happen, in a sentence or two. */
  readonly children: ComponentChildren;
  /** The button that does it, e.g. `Revoke`. */
  readonly action: string;
  /** What has to be typed first. */
  readonly typed?: string;
  /** False: it has failed, and the dialog stays. */
  readonly act: () => Promise<boolean>;
  /** Why it has failed. */
  readonly problem?: string | null;
}

export function ConfirmButton(props: ConfirmButtonProps) {
  const { label, title, children, action, typed, act, problem, disabled = false } = props;
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (open) dialog.current?.showModal();
  }, [open]);

  const close = () => {
    dialog.current?.close();
    setOpen(false);
    setText("");
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    const done = await act();
    setBusy(false);
    if (done) close();
  };
  return (
    <>
      <button
        type="button"
        class={props.class ?? "button small-button"}
        disabled={disabled}
        onClick={() => setOpen(true)}
      >
        {label}
      </button>
      {open && (
        <dialog ref={dialog} class="dialog" aria-labelledby={id} onClose={close}>
          <form class="stacked" onSubmit={submit}>
            <div>
              <h2 id={id}>{title}</h2>
              {children}
            </div>
            {typed !== undefined && (
              <label>
                <span class="small">
                  Type <code>{typed}</code> to go on
                </span>
                <input
                  class="field"
                  autocomplete="off"
                  spellcheck={false}
                  value={text}
                  onInput={(event) => setText(event.currentTarget.value)}
                />
              </label>
            )}
            {problem && <p class="error-text small" role="alert">{problem}</p>}
            <div class="form-foot">
              <button
                type="submit"
                class="button primary"
                disabled={busy || (typed !== undefined && text.trim() !== typed)}
              >
                {busy ? "One moment…" : action}
              </button>
              <button type="button" class="button" onClick={close}>Cancel</button>
            </div>
          </form>
        </dialog>
      )}
    </>
  );
}
