/**
 * An exchange whose content we do not read: files, audio, images, unknown endpoints. It is passed on
 * and recorded like any other; only an error in it is understood.
 *
 * @module
 */
import { unknownUsage } from "../../event/usage.ts";
import { readError } from "./error.ts";
import { type AnswerError, type Format, noFacts } from "./format.ts";
import { fields, text } from "./json.ts";

export const opaque: Format = {
  name: "opaque",
  request(body) {
    const { model, stream } = fields(body);
    return { model: text(model) ?? "", stream: stream === true, user: null };
  },
  requestText: () => "",
  answer() {
    let error: AnswerError | null = null;
    return {
      add(value) {
        error ??= readError(value);
      },
      facts: () => ({ ...noFacts(unknownUsage()), error }),
    };
  },
  lastLines: [],
};
