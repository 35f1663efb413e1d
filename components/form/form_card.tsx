/**
 * A form in a card of its own: its heading, its fields, its button, and the way out of a change.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { FormFoot } from "./form_foot.tsx";
import type { Form } from "./use_form.ts";

interface FormCardProps {
  readonly title: string;
  readonly action: string;
  readonly form: Form;
  /** Of another value the fields begin anew. */
  readonly begins?: string;
  /** Reads what another person has kept meanwhile. */
  readonly reload?: () => void;
  /** Leaves what is there as it was; only while something is changed. */
  readonly cancel?: (() => void) | undefined;
  /** The fields. */
  readonly children: ComponentChildren;
}

export function FormCard(props: FormCardProps) {
  const { title, action, form, begins, reload, cancel, children } = props;
  const id = useId();
  return (
    <section class="card" aria-labelledby={id}>
      <header class="card-head">
        <h2 id={id}>{title}</h2>
      </header>
      <form key={begins} class="form-grid padded" onSubmit={form.onSubmit}>
        {children}
        <FormFoot action={action} form={form} {...(reload && { reload })}>
          {cancel && <button type="button" class="button" onClick={cancel}>Cancel</button>}
        </FormFoot>
      </form>
    </section>
  );
}
