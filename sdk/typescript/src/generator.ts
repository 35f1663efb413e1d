/**
 * Work that gives its results one by one: a generator's work is done when it has been read, not when it
 * was made.
 *
 * @module
 */
import type { Json } from "./events.ts";

/** Whether it is what a `function*` or an `async function*` gives. */
export function isGenerator(value: unknown): value is Json {
  // Any value may be asked for its tag.
  return /^(Async)?Generator$/.test((value as Json)?.[Symbol.toStringTag]);
}

/**
 * Runs each step inside the span, and tells when the last one is over. The generator stays the same
 * object. One that is left before its end ends with its reader's `return()`; one that nobody reads, never.
 */
export function followGenerator(
  generator: Json,
  within: <T>(step: () => T) => T,
  ended: () => void,
  failed: (error: unknown) => void,
): void {
  const see = (step: Json) => {
    if (step.done) ended();
    return step;
  };
  const fail = (error: unknown): never => {
    failed(error);
    throw error;
  };
  for (const name of ["next", "return", "throw"]) {
    const original = generator[name];
    generator[name] = (...args: unknown[]) => {
      try {
        const step = within(() => original.apply(generator, args));
        return step instanceof Promise ? step.then(see, fail) : see(step);
      } catch (error) {
        return fail(error);
      }
    };
  }
}
