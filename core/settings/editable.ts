/**
 * A section of the settings as the API changes it: what comes is checked, and what is wrong is told by
 * its field.
 *
 * @module
 */
import { AppError } from "../error.ts";
import type { SettingsSection } from "../event/settings.ts";
import type { Kept } from "./book.ts";
import { type FieldProblem, fieldProblems } from "../field_problem.ts";
import type { SectionBook, SectionState } from "./settings.ts";

export interface EditableSection {
  readonly name: SettingsSection;
  get(project: string): Promise<Kept<SectionState<unknown>>>;
  /**
   * @param replaces the version that the caller has seen
   * @throws {AppError} `bad_request` that names the fields, `conflict` when there is a later version
   */
  put(project: string, value: unknown, replaces?: number): Promise<Kept<SectionState<unknown>>>;
}

/** @param problems what of the settings is not allowed although it has the right form */
export function editable<S>(
  book: SectionBook<S>,
  problems: (settings: S) => readonly FieldProblem[] = () => [],
): EditableSection {
  const { name, schema } = book.section;
  return {
    name,
    get: (project) => book.get(project),
    async put(project, value, replaces) {
      const parsed = schema.safeParse(value);
      const fields = parsed.success ? problems(parsed.data) : fieldProblems(parsed.error);
      if (!parsed.success || fields.length > 0) {
        throw new AppError("bad_request", {
          fields: fields.map(({ field, expected }) => ({
            field: field === "" ? "settings" : `settings.${field}`,
            expected,
          })),
        });
      }
      return await book.put(project, parsed.data, replaces);
    },
  };
}
