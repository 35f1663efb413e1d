/**
 * The fields of a form as a list of what each is: told once what is wrong, each finds its own.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { Choice, type ChoiceProps, Field, type FieldProps } from "./field.tsx";

interface Told {
  /** What the API calls it, when it is not its name. */
  readonly at?: string | readonly string[];
}

/** A field, or a choice when it has options. */
export type FieldSpec =
  | (Omit<FieldProps, "problem"> & Told)
  | (Omit<ChoiceProps, "problem"> & Told);

interface FieldsProps {
  /** What only some forms have is left out by `false`. */
  readonly of: readonly (FieldSpec | false)[];
  /** What is wrong with a field, or with anything below it. */
  readonly problem: (field: string) => string | null;
}

export function Fields({ of, problem }: FieldsProps) {
  return (
    <>
      {of.map((spec) => {
        if (!spec) return null;
        const { at = spec.name, ...field } = spec;
        const told = [at].flat().map(problem).find((text) => text !== null) ?? null;
        return "options" in field
          ? <Choice key={field.name} {...field} problem={told} />
          : <Field key={field.name} {...field} problem={told} />;
      })}
    </>
  );
}

interface FieldGroupProps {
  readonly title: string;
  /** What these fields are for, in a sentence. */
  readonly note?: string;
  readonly children: ComponentChildren;
}

/** Fields that belong together, with a name. */
export function FieldGroup({ title, note, children }: FieldGroupProps) {
  return (
    <fieldset class="field-group">
      <legend>
        {title}
        {note && <span class="small muted">{note}</span>}
      </legend>
      <div class="form-grid">{children}</div>
    </fieldset>
  );
}
