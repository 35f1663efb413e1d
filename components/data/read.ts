/**
 * How an open page reads from the API: with the session's cookie, again after what may pass, and with
 * an outcome instead of an exception. Each failure has words for the reader and the request's id for a
 * report.
 *
 * Answers come from the typed client (`hc<ApiType>("/")`), which an island makes; what is here asks
 * nothing of it but a response.
 *
 * @module
 */

/** What the reader is told. `signed-out`: the session has ended. `away`: ClickHouse does not answer. */
export interface ReadFailure {
  readonly reason: "signed-out" | "away" | "missing" | "failed";
  readonly message: string;
  readonly requestId: string | null;
  /** The API's own code, e.g. `conflict`; none when it was not the API that answered. */
  readonly code?: string;
  /** What was wrong with the input, field by field; none for other failures. */
  readonly fields?: readonly FieldFailure[];
  /** The first of them in words, e.g. `model must be provider/model`. */
  readonly detail?: string;
}

export interface FieldFailure {
  readonly field: string;
  readonly expected: string;
}

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: ReadFailure };

/** A response, as far as it is looked at: `T` when `ok`, else the one shape of errors. */
export interface Answer<T> {
  readonly ok: boolean;
  readonly status: number;
  json(): Promise<T | ErrorBody>;
}

interface ErrorBody {
  readonly error: { readonly message: string; readonly request_id: string };
}

/** Pauses before the second and the third attempt. */
const pausesMs = [400, 1_600];

export interface ReadOptions {
  readonly signal: AbortSignal;
  /** Whether asking again is harmless; a change is asked for once. @default {true} */
  readonly retries?: boolean;
}

/**
 * Asks, and asks again after a failure that may pass: no connection, or a proxy's 502 and 504. Throws
 * only when the signal was aborted.
 */
export async function read<T>(
  ask: () => Promise<Answer<T>>,
  { signal, retries = true }: ReadOptions,
): Promise<Read<T>> {
  for (let attempt = 0;; attempt++) {
    const { result, passing } = await once(ask, signal);
    const pause = pausesMs[attempt];
    if (result.ok || !passing || !retries || pause === undefined) return result;
    await waited(pause, signal);
  }
}

interface Attempt<T> {
  readonly result: Read<T>;
  /** Whether the same question may be answered a moment later. */
  readonly passing: boolean;
}

async function once<T>(ask: () => Promise<Answer<T>>, signal: AbortSignal): Promise<Attempt<T>> {
  try {
    const answer = await ask();
    if (answer.status === 401) return failed("signed-out", "Your session has ended.", null);
    if (answer.status === 204) {
      return { result: { ok: true, value: undefined as T }, passing: false };
    }
    // `ok` says which of the two the body is.
    if (answer.ok) return { result: { ok: true, value: await answer.json() as T }, passing: false };
    const { code, message, requestId, fields } = errorOf(await answer.json().catch(() => null));
    const reason = code === "analytics_unavailable"
      ? "away"
      : answer.status === 404
      ? "missing"
      : "failed";
    return failed(
      reason,
      message ?? `The server answered ${answer.status}.`,
      requestId,
      answer.status === 502 || answer.status === 504,
      fields,
      code,
    );
  } catch (error) {
    if (signal.aborted) throw error;
    return failed("failed", "The server could not be reached.", null, true);
  }
}

function failed<T>(
  reason: ReadFailure["reason"],
  message: string,
  requestId: string | null,
  passing = false,
  fields: readonly FieldFailure[] = [],
  code: string | null = null,
): Attempt<T> {
  const [first] = fields;
  const failure: ReadFailure = {
    reason,
    message,
    requestId,
    ...(code && { code }),
    ...(first && { fields, detail: `${first.field} ${first.expected}` }),
  };
  return { result: { ok: false, failure }, passing };
}

function waited(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}

/** Reads the one shape of errors, as far as it is there: a proxy may have answered instead. */
function errorOf(body: unknown) {
  const error = field(body, "error");
  const text = (value: unknown) => typeof value === "string" ? value : null;
  return {
    code: text(field(error, "code")),
    message: text(field(error, "message")),
    requestId: text(field(error, "request_id")),
    fields: fieldsOf(field(field(error, "details"), "fields")),
  };
}

function fieldsOf(value: unknown): FieldFailure[] {
  if (!Array.isArray(value)) return [];
  return value.map((one: unknown) => ({
    field: String(field(one, "field") ?? ""),
    expected: String(field(one, "expected") ?? ""),
  }));
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
