/**
 * The one error class of the framework: it carries an HTTP status, and whatever renders errors
 * (an `_error` page or the plain-text default) answers with that status.
 *
 * @module
 */

/** The statuses that an error may have. */
// deno-fmt-ignore
export type ErrorStatus =
  | 400 | 401 | 402 | 403 | 404 | 405 | 406 | 407 | 408 | 409 | 410 | 411 | 412 | 413 | 414 | 415
  | 416 | 417 | 418 | 421 | 422 | 423 | 424 | 425 | 426 | 428 | 429 | 431 | 451
  | 500 | 501 | 502 | 503 | 504 | 505 | 506 | 507 | 508 | 510 | 511;

/** An error that stands for an HTTP status, e.g. `throw new HttpError(404)`. */
export class HttpError extends Error {
  /** The HTTP status code of the answer. */
  status: ErrorStatus;

  constructor(status: ErrorStatus, message?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "HttpError";
    this.status = status;
  }
}
