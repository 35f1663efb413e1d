/**
 * When a process of ours should stop: on SIGTERM, on SIGINT, or, below the supervisor, when the
 * supervisor is gone (its end of our standard input closes, even after a `kill -9`).
 *
 * @module
 */

export interface StopSignal {
  readonly signal: AbortSignal;
  /** Takes the handlers away, so that nothing keeps the process alive. */
  dispose(): void;
}

/** `supervised`: a Ctrl-C in the terminal reaches the whole group, but the supervisor decides the order. */
export function stopSignal({ supervised }: { supervised: boolean }): StopSignal {
  const controller = new AbortController();
  const stop = () => controller.abort();
  const ignore = () => {};
  Deno.addSignalListener("SIGTERM", stop);
  Deno.addSignalListener("SIGINT", supervised ? ignore : stop);
  if (supervised) endOfInput().then(stop);
  return {
    signal: controller.signal,
    dispose() {
      Deno.removeSignalListener("SIGTERM", stop);
      Deno.removeSignalListener("SIGINT", supervised ? ignore : stop);
    },
  };
}

async function endOfInput(): Promise<void> {
  const buffer = new Uint8Array(64);
  try {
    while (await Deno.stdin.read(buffer) !== null);
  } catch {
    // A closed pipe says the same as its end.
  }
}

/** Resolves when the signal fires; at once when it already has. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
