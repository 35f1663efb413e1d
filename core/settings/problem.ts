/**
 * What is wrong with a field.
 *
 * @module
 */

/** A field of the request, with dots between its steps, and what it must be. */
export interface FieldProblem {
  readonly field: string;
  readonly expected: string;
}
