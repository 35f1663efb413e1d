/**
 * A button that asks before it acts, and the question. What cannot be undone names its object; what breaks others at once
 * must be typed. If it fails, the dialog stays and says why.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import type { Answer } from "./data/read.ts";
import { useAction } from "./data/use_action.ts";
import { Dialog } from "./dialog.tsx";

interface Asking<T> {
  readonly title: string;
  /** What will happen, in a sentence or two. */
  readonly children: ComponentChildren;
  /** The button that does it, e.g. `Revoke it`. */
  readonly action: string;
  /** What has to be typed first. */
  readonly typed?: string;
  readonly ask: () => Promise<Answer<T>>;
  /** After it was done. */
  readonly then: (value: T) => void | Promise<void>;
}

interface ConfirmButtonProps<T> extends Asking<T> {
  readonly label: ComponentChildren;
  /** Takes something away for good. */
  readonly danger?: boolean;
}

export function ConfirmButton<T>(props: ConfirmButtonProps<T>) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        class={props.danger ? "button small-button danger" : "button small-button"}
        onClick={() => setOpen(true)}
      >
        {props.label}
      </button>
      {open && <ConfirmDialog {...props} close={() => setOpen(false)} />}
    </>
  );
}

/** The question by itself, for what is asked by another way than a button of its own. */
export function ConfirmDialog<T>(
  { title, children, action, typed, ask, then, close }: Asking<T> & { readonly close: () => void },
) {
  const [text, setText] = useState("");
  const acting = useAction();
  const id = useId();

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const done = await acting.run(ask);
    if (!done.ok) return;
    close();
    await then(done.value);
  };
  return (
    <Dialog class="dialog" labelledBy={id} close={close}>
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
        {acting.failure && (
          <p class="error-text small" role="alert">
            {acting.failure.detail ?? acting.failure.message}
          </p>
        )}
        <div class="form-foot">
          <button
            type="submit"
            class="button primary"
            disabled={acting.busy || (typed !== undefined && text.trim() !== typed)}
          >
            {acting.busy ? "One moment…" : action}
          </button>
          <button type="button" class="button" onClick={close}>Cancel</button>
        </div>
      </form>
    </Dialog>
  );
}
