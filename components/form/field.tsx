/**
 * A labelled field of a form, with what is wrong with it below it.
 *
 * @module
 */
import { useId } from "preact/hooks";

export interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly value?: string | number;
  readonly type?: "text" | "password" | "number" | "date" | "url";
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly hint?: string;
  readonly problem?: string | null;
  readonly list?: string;
  readonly wide?: boolean;
  readonly rows?: number;
  /** Shown, and not to be changed. */
  readonly fixed?: boolean;
}

export function Field(props: FieldProps) {
  const { name, label, value, type = "text", placeholder, required, hint, problem, wide } = props;
  const id = useId();
  const told = problem ?? hint;
  const shared = {
    class: "field",
    name,
    placeholder,
    required,
    readOnly: props.fixed,
    autocomplete: "off",
    spellcheck: false,
    ...(problem && { "aria-invalid": "true" as const }),
    ...(told && { "aria-describedby": id }),
  };
  // Given as an object: an attribute of this name would be written as it is, and no browser knows it.
  const begun = { defaultValue: value };
  return (
    <label class={wide || props.rows ? "wide-field" : ""}>
      <span class="small muted">{label}</span>
      {props.rows
        ? <textarea {...shared} rows={props.rows} class="field mono">{value}</textarea>
        : <input {...shared} {...begun} type={type} list={props.list} />}
      {told && <span id={id} class={problem ? "small error-text" : "small muted"}>{told}</span>}
    </label>
  );
}

export interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly value?: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly onPick?: (value: string) => void;
  readonly problem?: string | null;
}

export function Choice({ name, label, value, options, onPick, problem }: ChoiceProps) {
  const id = useId();
  return (
    <label>
      <span class="small muted">{label}</span>
      <select
        class="field"
        name={name}
        value={value}
        {...(problem && { "aria-invalid": "true" as const, "aria-describedby": id })}
        onChange={(event) => onPick?.(event.currentTarget.value)}
      >
        {options.map(([each, text]) => (
          <option key={each} value={each} selected={each === value}>{text}</option>
        ))}
      </select>
      {problem && <span id={id} class="small error-text">{problem}</span>}
    </label>
  );
}

/** The text of a form's field, trimmed. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}
