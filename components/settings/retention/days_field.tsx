/**
 * How long something is kept: a number of days that is often used, another one, or for ever.
 *
 * @module
 */
import { useState } from "preact/hooks";
import { Choice, Field } from "../../form/field.tsx";
import { dayOptions, otherDays } from "./days.ts";

interface DaysFieldProps {
  /** The other number's field is called `<name>_other`. */
  readonly name: string;
  readonly label: string;
  readonly days: number | null;
  /** What null is called. */
  readonly never: string;
  readonly problem: string | null;
}

export function DaysField({ name, label, days, never, problem }: DaysFieldProps) {
  const [picked, setPicked] = useState(days === null ? "ever" : String(days));
  const isOther = picked === otherDays;
  return (
    <>
      <Choice
        name={name}
        label={label}
        value={picked}
        options={dayOptions(days, never)}
        onPick={setPicked}
        problem={isOther ? null : problem}
      />
      {isOther && (
        <Field
          name={`${name}_other`}
          label={`${label}, days`}
          type="number"
          hint="1 to 3650"
          problem={problem}
          required
        />
      )}
    </>
  );
}
