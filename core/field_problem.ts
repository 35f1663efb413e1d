/**
 * What is wrong with a field.
 *
 * @module
 */
import type { z } from "zod";

/** A field of the request, with dots between its steps, and what it must be. */
export interface FieldProblem {
  readonly field: string;
  readonly expected: string;
}

/** How the sentences begin that zod makes up when a schema has none of its own. */
const zodsOwn = /^(Invalid (input|option|discriminator value)|Too (small|big))(: |\. |$)/;

/**
 * What a schema said, field by field, in its own words or in ours. The field is empty for the whole.
 *
 * @example
 * ```ts
 * import { fieldProblems } from "@/core/field_problem.ts";
 * import { expect } from "expect";
 * import { z } from "zod";
 *
 * const { error } = z.strictObject({ limit: z.int().min(1) }).safeParse({ limit: 0, lmit: 1 });
 * expect(error && fieldProblems(error)).toEqual([
 *   { field: "limit", expected: "must be at least 1" },
 *   { field: "lmit", expected: "is not known here: leave it out" },
 * ]);
 * const either = z.object({ name: z.union([z.string(), z.number(), z.null()]) }).safeParse({});
 * expect(either.error && fieldProblems(either.error)).toEqual([
 *   { field: "name", expected: "must be text, a number or null" },
 * ]);
 * ```
 */
export function fieldProblems(error: z.core.$ZodError): FieldProblem[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code === "unrecognized_keys") {
      const expected = "is not known here: leave it out";
      return issue.keys.map((key) => ({ field: [...path, key].join("."), expected }));
    }
    return [{ field: path.join("."), expected: expectedOf(issue) }];
  });
}

function expectedOf(issue: z.core.$ZodIssue): string {
  // Of a record's name that is wrong the words are those of the rule that it breaks.
  const [rule] = issue.code === "invalid_key" ? issue.issues : [];
  if (rule) return rule.message;
  return zodsOwn.test(issue.message) ? expectedBy(issue) : issue.message;
}

const articles: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** What was expected, in the words of the schema where it has its own, else in ours. */
export function expectedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.message.startsWith("must ")
        ? issue.message
        : `must be ${articles[issue.expected] ?? issue.expected}`;
    case "too_small":
      if (issue.origin === "string") return "must not be empty";
      return `must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}`;
    case "too_big":
      if (issue.origin === "string") return `must have at most ${issue.maximum} characters`;
      if (issue.origin === "array") return `must have at most ${issue.maximum} entries`;
      return `must be at most ${issue.maximum}`;
    case "invalid_union":
      return eitherOf(issue) ?? issue.message;
    case "invalid_value":
      return `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.join(", ")}`;
    default:
      return issue.message;
  }
}

/** Of several kinds of values, or of objects that a field tells apart; null when it is more than that. */
function eitherOf(issue: z.core.$ZodIssueInvalidUnion): string | null {
  const options = "options" in issue ? issue.options : undefined;
  if (options) return `must be one of ${options.map(String).join(", ")}`;
  if (!zodsOwn.test(issue.message)) return null;
  const kinds = issue.errors.map(([first]) =>
    first?.code === "invalid_type" && first.path.length === 0
      ? articles[first.expected] ?? first.expected
      : null
  );
  if (kinds.length < 2 || kinds.includes(null)) return null;
  return `must be ${kinds.slice(0, -1).join(", ")} or ${kinds.at(-1)}`;
}
