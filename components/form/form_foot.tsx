/**
 * The foot of a form: its button, what came of it, and the way on when somebody else was faster.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import type { Form } from "./use_form.ts";

interface FormFootProps {
  readonly action: string;
  readonly form: Pick<Form, "busy" | "done" | "failure" | "told">;
  /** Reads what another person has kept meanwhile. */
  readonly reload?: () => void;
  readonly children?: ComponentChildren;
}

export function FormFoot({ action, form, reload, children }: FormFootProps) {
  const { busy, done, failure, told } = form;
  return (
    <div class="form-foot">
      <button type="submit" class="button primary" disabled={busy}>
        {busy ? "One moment…" : action}
      </button>
      {children}
      {reload && failure?.code === "conflict" && (
        <button type="button" class="button" onClick={reload}>Read what is there now</button>
      )}
      <span class="small" role="status">
        {told ? <span class="error-text">{told}</span> : done && <span class="muted">{done}</span>}
      </span>
    </div>
  );
}
