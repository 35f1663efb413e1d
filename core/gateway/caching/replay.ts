/**
 * A stored stream with the pauses that it was recorded with.
 *
 * @module
 */

/** Pauses longer than this are cut: nobody learns from waiting. */
const longestPause = 5_000;

/** @param timing in turn: milliseconds since the first byte, and the offset that was reached then */
export function replayed(bytes: Uint8Array, timing: readonly number[]): ReadableStream<Uint8Array> {
  let place = 0;
  let sent = 0;
  let passed = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new ReadableStream({
    async pull(controller) {
      const at = timing[place];
      const end = at === undefined || place + 2 >= timing.length
        ? bytes.length
        : Math.min(bytes.length, timing[place + 1] ?? bytes.length);
      const pause = Math.min(longestPause, Math.max(0, (at ?? 0) - passed));
      if (pause > 0) {
        await new Promise<void>((resolve) => {
          timer = setTimeout(resolve, pause);
        });
      }
      passed = at ?? passed;
      place += 2;
      if (end > sent) controller.enqueue(bytes.slice(sent, end));
      sent = Math.max(sent, end);
      if (sent >= bytes.length) controller.close();
    },
    cancel() {
      clearTimeout(timer);
    },
  });
}
