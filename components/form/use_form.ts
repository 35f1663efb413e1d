/**
 * A form of the settings: sent once at a time, with what is wrong at its fields and what was done in
 * words. The field that is wrong gets the focus.
 *
 * @module
 */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Answer, FieldFailure, ReadFailure } from "../data/read.ts";
import { useAction } from "../data/use_action.ts";

interface FormOptions<T> {
  /** What stands before the fields' names in the API's errors, e.g. `settings.limits.3.` */
  readonly within?: string;
  /** Asks for the change, or says what is wrong without asking; no field: all of it. */
  ask(data: FormData): Promise<Answer<T>> | FieldFailure;
  /** After it was done: what is said of it. */
  then(value: T, element: HTMLFormElement): string | Promise<string>;
}

export interface Form {
  readonly busy: boolean;
  readonly failure: ReadFailure | null;
  /** What was done last, in words. */
  readonly done: string | null;
  /** What is wrong, in words; null when nothing is. */
  readonly told: string | null;
  onSubmit(event: SubmitEvent): void;
  /** What is wrong with a field, or with anything below it. */
  problem(field: string): string | null;
  /** Takes away what was said of the last time. */
  forget(): void;
}

export function useForm<T>({ within = "", ask, then }: FormOptions<T>): Form {
  const action = useAction();
  const [done, setDone] = useState<string | null>(null);
  const sent = useRef<HTMLFormElement | null>(null);
  const { failure } = action;
  const [isMarked, setMarked] = useState(false);
  // Before anything is shown: what stands at a field is not said a second time.
  useLayoutEffect(() => {
    const field = failure && sent.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    setMarked(Boolean(field));
    field?.focus();
  }, [failure]);

  const send = async (element: HTMLFormElement) => {
    sent.current = element;
    setDone(null);
    const asked = ask(new FormData(element));
    if ("expected" in asked) return action.fail(refusal(asked, within));
    const result = await action.run(() => asked);
    if (result.ok) setDone(await then(result.value, element));
  };
  return {
    busy: action.busy,
    failure,
    done,
    told: failure && (isMarked ? "Not saved: see the marked field." : toldOf(failure, within)),
    onSubmit(event) {
      event.preventDefault();
      if (!action.busy && event.currentTarget instanceof HTMLFormElement) send(event.currentTarget);
    },
    problem: (field) => problemOf(failure, within + field),
    forget() {
      action.forget();
      setDone(null);
    },
  };
}

function refusal({ field, expected }: FieldFailure, within: string): ReadFailure {
  const named = field !== "" && { fields: [{ field: within + field, expected }] };
  return { reason: "failed", message: expected, requestId: null, ...named };
}

function toldOf({ message, fields }: ReadFailure, within: string): string {
  const [first] = fields ?? [];
  if (!first) return message;
  const field = first.field.startsWith(within) ? first.field.slice(within.length) : first.field;
  return `Not saved: ${field} ${first.expected}`;
}

function problemOf(failure: ReadFailure | null, field: string): string | null {
  for (const one of failure?.fields ?? []) {
    if (one.field === field) return one.expected;
    if (one.field.startsWith(`${field}.`)) {
      return `${one.field.slice(field.length + 1)} ${one.expected}`;
    }
  }
  return null;
}
