/**
 * Watching a method of a provider's client without getting between it and its caller: the promise is
 * the client's own, with all that it can do, and a stream is read by the caller alone.
 *
 * @module
 */
import type { WatchLLM } from "./client.ts";
import type { Json } from "./events.ts";
import type { Span, SpanResult } from "./span.ts";

/** What a wrapped method is recorded as. */
export interface Method {
  /** Where it is, e.g. `chat.completions`. */
  readonly path: string;
  readonly name: string;
  /** Changes the request before it goes out, or hands it back. */
  readonly prepare?: (request: Json) => { request: Json; hide?: (chunk: Json) => boolean };
  /** What is known from the request. */
  readonly begin: (request: Json) => { readonly model: string; readonly input: Json };
  /** What is known from a whole answer. */
  readonly read: (answer: Json) => SpanResult;
  /** Puts a stream's chunks together, one after the other, to a whole answer. */
  readonly gather: () => { add(chunk: Json): void; answer(): Json };
}

export interface Recording {
  /** Whether calls of this client are recorded by the gateway: then only headers are added. */
  readonly byGateway: boolean;
  /** Headers that make a call part of the present trace. */
  readonly headers: () => Readonly<Record<string, string>>;
  readonly start: (method: Method, model: string, input: Json) => Span;
}

/** How a client's calls are recorded. */
export function recordingOf(client: Json, watch: WatchLLM, provider: string): Recording {
  return {
    // With the slash: another port's number may begin alike.
    byGateway: `${client.baseURL}/`.startsWith(`${watch.baseUrl}/`),
    headers: () => watch.current()?.headers ?? {},
    start: ({ path, name }, model, input) =>
      watch.startGeneration(`${path}.${name}`, { model, provider, input }),
  };
}

const watched = Symbol.for("watchllm.watched");

/** Puts the recording in a method's place. Doing it twice changes nothing. */
export function watchMethod(owner: Json, method: Method, recording: Recording): void {
  const original = owner?.[method.name];
  if (typeof original !== "function" || original[watched]) return;
  const replaced = function (this: Json, request: Json, options?: Json, ...rest: Json[]): Json {
    const self = this ?? owner;
    if (recording.byGateway) {
      const headers = { ...recording.headers(), ...options?.headers };
      return original.call(self, request, { ...options, headers }, ...rest);
    }
    const prepared = method.prepare?.(request) ?? { request };
    const span = startQuietly(method, request, recording);
    let promise: Json;
    try {
      promise = original.call(self, prepared.request, options, ...rest);
    } catch (error) {
      span?.fail(error);
      span?.end();
      throw error;
    }
    if (!span) return promise;
    return observed(promise, new Observer(span, method, prepared.hide));
  };
  owner[method.name] = Object.assign(replaced, { [watched]: true });
}

/** Recording must not cost the host its call, whatever the request looks like. */
function startQuietly(method: Method, request: Json, { start }: Recording): Span | null {
  try {
    const { model, input } = method.begin(request ?? {});
    return start(method, model, input);
  } catch {
    return null;
  }
}

/**
 * The clients' promises (Stainless' `APIPromise`) parse when they are asked to: in `parseResponse`, or in
 * what `_thenUnwrap` derives from them, and a request fails in `responsePromise`. Of a call that is only
 * asked for its raw response nothing is known, and nothing recorded.
 */
function observed(promise: Json, observer: Observer): Json {
  if (typeof promise?.parseResponse === "function" && promise.responsePromise) {
    const parse = promise.parseResponse;
    promise.parseResponse = async (...args: unknown[]) => {
      try {
        return observer.answered(await parse.apply(promise, args));
      } catch (error) {
        observer.failed(error);
        throw error;
      }
    };
    const unwrap = promise._thenUnwrap?.bind(promise);
    if (unwrap) {
      promise._thenUnwrap = (transform: (answer: Json, ...more: unknown[]) => Json) =>
        unwrap((answer: Json, ...more: unknown[]) => transform(observer.answered(answer), ...more));
    }
    promise.responsePromise.catch((error: unknown) => observer.failed(error));
    return promise;
  }
  if (typeof promise?.then !== "function") return observer.answered(promise);
  return promise.then(
    (answer: Json) => observer.answered(answer),
    (error: unknown) => {
      observer.failed(error);
      throw error;
    },
  );
}

class Observer {
  readonly #span: Span;
  readonly #method: Method;
  readonly #hide: ((chunk: Json) => boolean) | undefined;
  readonly #started = performance.now();
  #ttft: number | undefined;
  #answered = false;

  constructor(span: Span, method: Method, hide?: (chunk: Json) => boolean) {
    this.#span = span;
    this.#method = method;
    this.#hide = hide;
  }

  failed(error: unknown): void {
    this.#span.fail(error);
    this.#span.end();
  }

  /** Hands the answer on; a stream's end is the call's end. Told twice, it looks once. */
  answered(answer: Json): Json {
    if (this.#answered) return answer;
    this.#answered = true;
    if (typeof answer?.[Symbol.asyncIterator] !== "function") {
      this.#finish(answer, {});
      return answer;
    }
    const own = typeof answer.iterator === "function" ? "iterator" : Symbol.asyncIterator;
    const iterate = answer[own].bind(answer);
    let first = true;
    answer[own] = () => {
      // A stream that is read a second time is not a second call.
      if (!first) return iterate();
      first = false;
      return this.#read(iterate());
    };
    return answer;
  }

  async *#read(chunks: AsyncIterator<Json> & AsyncIterable<Json>): AsyncGenerator<Json> {
    const gathered = this.#method.gather();
    let failure: unknown;
    try {
      for await (const chunk of chunks) {
        this.#ttft ??= performance.now() - this.#started;
        addQuietly(gathered, chunk);
        if (!this.#hide?.(chunk)) yield chunk;
      }
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      // Also when the reader leaves early: what came until then was paid for.
      if (failure !== undefined) this.#span.fail(failure);
      this.#finish(gathered.answer(), {
        stream: true,
        ...(this.#ttft !== undefined && { ttftMs: Math.round(this.#ttft * 1_000) / 1_000 }),
      });
    }
  }

  #finish(answer: Json, more: SpanResult): void {
    try {
      this.#span.end({ ...this.#method.read(answer ?? {}), ...more });
    } catch {
      this.#span.end(more);
    }
  }
}

function addQuietly(gathered: { add(chunk: Json): void }, chunk: Json): void {
  try {
    gathered.add(chunk);
  } catch {
    // A chunk that we cannot read is the host's all the same.
  }
}
