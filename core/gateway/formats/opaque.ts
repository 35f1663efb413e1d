/**
 * An exchange whose content we do not read: files, batches, jobs, unknown endpoints. It is passed on
 * and recorded like any other; only an error in it is understood, and the end of a stream.
 *
 * @module
 */
import { unknownUsage } from "../../event/usage.ts";
import { readError } from "./error.ts";
import { type AnswerError, type Format, noFacts } from "./format.ts";
import { fields, text } from "../../json.ts";

/**
 * Whether a value is a thing of its own: a job, an operation, a line of a batch's results. What went wrong
 * with it went wrong then; the call that reads of it went well.
 */
function isResource(value: unknown): boolean {
  const { id, object, name, custom_id } = fields(value);
  return [id, object, name, custom_id].some((one) => text(one) !== null);
}

export const opaque: Format = {
  name: "opaque",
  request(body) {
    const { model, stream } = fields(body);
    return { model: text(model) ?? "", stream: stream === true, user: null };
  },
  requestText: () => "",
  answer() {
    let error: AnswerError | null = null;
    let complete = false;
    return {
      add(value) {
        complete ||= value === "[DONE]";
        if (!isResource(value)) error ??= readError(value);
      },
      facts: () => ({ ...noFacts(unknownUsage(), complete), error }),
    };
  },
  lastLines: [],
};
