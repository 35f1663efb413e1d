/**
 * The answers of a call that was translated: what the provider sends is kept as it is, for its usage;
 * what the client is given is in its own format.
 *
 * @module
 */
import { AppError } from "../../error.ts";
import type { AttemptEvents } from "../attempt.ts";
import { Capture } from "../capture.ts";
import type { Head } from "../plan.ts";
import { headersThat } from "../raw_headers.ts";
import { type AnswerOptions, AnswerTranslator } from "./answer_translator.ts";
import type { LeftOutName } from "./left_out.ts";
import type { Dialect } from "./request.ts";

/** What the provider said, before it was translated. */
export interface Original {
  readonly format: Dialect;
  readonly capture: Capture;
  contentType: string | null;
  /** The head's lines: names and values in turn. */
  headers: readonly string[];
}

export interface Translation {
  /** The provider's format. */
  readonly from: Dialect;
  /** The client's. */
  readonly to: Dialect;
  /** What of the request was left out, by its name in the table. */
  readonly left: readonly LeftOutName[];
  /**
   * Stands between an attempt and those who are told of it.
   *
   * @param current whether they still wait for this attempt
   */
  answers(events: AttemptEvents, current: () => boolean): TranslatedAnswers;
}

/**
 * @param left what the request had and was left out
 * @param keptBytes of the provider's answer that are kept for the record
 */
export function createTranslation(
  options: AnswerOptions,
  left: readonly LeftOutName[],
  keptBytes: number,
): Translation {
  return {
    from: options.from,
    to: options.to,
    left,
    answers: (events, current) => new TranslatedAnswers(events, current, options, keptBytes),
  };
}

export class TranslatedAnswers implements AttemptEvents {
  readonly original: Original;
  readonly #events: AttemptEvents;
  readonly #current: () => boolean;
  readonly #options: AnswerOptions;
  #head: Head | null = null;
  #translator: AnswerTranslator | null = null;
  #over = false;

  constructor(
    events: AttemptEvents,
    current: () => boolean,
    options: AnswerOptions,
    keptBytes: number,
  ) {
    this.#events = events;
    this.#current = current;
    this.#options = options;
    const capture = new Capture(keptBytes);
    this.original = { format: options.from, capture, contentType: null, headers: [] };
  }

  onHead(head: Head): void {
    this.original.contentType = head.contentType;
    this.original.headers = head.raw;
    if (head.contentEncoding !== null && head.contentEncoding !== "identity") {
      // It was asked not to.
      this.#over = true;
      this.#events.onFailure(new AppError("upstream_broken", { reason: "compressed" }));
      return;
    }
    this.#head = head;
    this.#translator = new AnswerTranslator(head, this.#options);
    const { streamType } = this.#translator;
    // An answer in one piece has its status when it is whole.
    if (streamType !== null) this.#events.onHead(translatedHead(head, head.status, streamType));
  }

  onChunk(chunk: Uint8Array): void {
    if (this.#over) return;
    this.original.capture.push(chunk);
    this.#give(this.#translator?.push(chunk) ?? null);
  }

  onEnd(): void {
    if (this.#over || !this.#translator || !this.#head) return;
    if (this.#translator.streamType !== null) {
      this.#give(this.#translator.endStream());
      if (this.#current()) this.#events.onEnd();
      return;
    }
    const { status, contentType, bytes } = this.#translator.endWhole();
    this.#events.onHead(translatedHead(this.#head, status, contentType, bytes.length));
    this.#give(bytes);
    if (this.#current()) this.#events.onEnd();
  }

  onFailure(error: AppError): void {
    if (!this.#over) this.#events.onFailure(error);
  }

  #give(bytes: Uint8Array | null): void {
    if (bytes !== null && this.#current()) this.#events.onChunk(bytes);
  }
}

/** What speaks of the body as the provider sent it. */
const ofBody = new Set([
  "content-type",
  "content-length",
  "content-encoding",
  "content-md5",
  "digest",
  "etag",
  "transfer-encoding",
]);

function translatedHead(
  head: Head,
  status: number,
  contentType: string,
  length: number | null = null,
): Head {
  const raw = headersThat(head.raw, (name) => !ofBody.has(name));
  raw.push("content-type", contentType);
  if (length !== null) raw.push("content-length", String(length));
  return { status, raw, contentType, contentEncoding: null, contentLength: length };
}
