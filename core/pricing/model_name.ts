/**
 * What may stand around a model's name without making it another model.
 *
 * @module
 */

/** Before it: a region, a vendor. */
const before = /^(?:(?:us|eu|au|jp|ca|apac|global|us-gov)\.)?(?:[a-z0-9]+\.)?$/;
/**
 * After it: a date, a revision, "latest". Each text is read in one way only ("v1:001" is no "v1" with a
 * ":001"): names come from clients, and two ways each would be more than can be tried.
 */
const after =
  /^(?:[-@.:]?(?:20\d{6}|20\d\d-\d\d-\d\d|latest|default|001|002|0613|v\d+(?!:?\d)|v\d+:\d+(?!\d)))*$/;

/** Whether `head` + a model's name + `tail` is still that model. */
export function isSameModel(head: string, tail: string): boolean {
  return before.test(head) && after.test(tail);
}

/** Whether a name is the model's, or that of a dated version of it. Lower case. */
export function isVersionOf(model: string, name: string): boolean {
  return name.startsWith(model) && isSameModel("", name.slice(model.length));
}
