/**
 * Sends a reply's frames as the controls ask: paced, cut into pieces, broken off, or falling silent.
 *
 * @module
 */
import type { Clock, Controls } from "./contract.ts";
import type { Frame, Reply } from "./reply.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What was sent when the answer ended, whole or not. */
export interface Played {
  readonly complete: boolean;
  readonly output: number;
  readonly reasoning: number;
}

/** Milliseconds to wait before the frame at this place. */
export type Pace = (frame: number) => number;

/** Calls `settle` exactly once: at the end, at a fault, or when the client has gone. */
export function play(
  reply: Reply,
  controls: Controls,
  pace: Pace,
  clock: Clock,
  settle: (played: Played) => void,
): ReadableStream<Bytes> {
  const gone = new AbortController();
  const encoder = new TextEncoder();
  let next = 0;
  let output = 0;
  let reasoning = 0;
  let settled = false;
  const end = (complete: boolean) => {
    if (settled) return;
    settled = true;
    settle({ complete, output, reasoning });
  };
  return new ReadableStream<Bytes>({
    async pull(controller) {
      const frame = reply.frames[next];
      if (!frame) {
        end(true);
        return controller.close();
      }
      if (next === controls.die) {
        end(false);
        return controller.error(brokenConnection());
      }
      if (next === controls.hang) {
        await aborted(gone.signal);
        return;
      }
      if (next === controls.fail) {
        controller.enqueue(encoder.encode(reply.failure));
        end(false);
        return controller.close();
      }
      await clock.sleep(pace(next), gone.signal);
      next++;
      for (const piece of pieces(encoder.encode(frame.text), controls.dribble)) {
        if (gone.signal.aborted) return;
        controller.enqueue(piece);
        if (controls.dribble) await clock.sleep(controls.pace ?? 0, gone.signal);
      }
      output += frame.output ?? 0;
      reasoning += frame.reasoning ?? 0;
      // The bill is known to whoever reads the answer's last byte.
      if (next === reply.frames.length && !gone.signal.aborted) {
        end(true);
        controller.close();
      }
    },
    cancel() {
      gone.abort();
      end(false);
    },
  }, { highWaterMark: 0 });
}

/** Without a stack: the server prints it, and it is no bug. */
function brokenConnection(): Error {
  const error = new Error("The simulated provider broke the connection");
  delete error.stack;
  return error;
}

function pieces(bytes: Bytes, size: number | undefined): Bytes[] {
  if (!size) return [bytes];
  const parts: Bytes[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(bytes.subarray(at, at + size));
  return parts;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}

/** A JSON answer in as many pieces as asked for, so that it too can break off in the middle. */
export function inPieces(reply: Reply, controls: Controls): readonly Frame[] {
  const [frame] = reply.frames;
  const cutAt = controls.die ?? controls.hang;
  const count = controls.chunks ?? (cutAt === undefined ? 1 : cutAt + 2);
  if (!frame || count <= 1) return reply.frames;
  // By code points: half a surrogate pair would become U+FFFD on the wire.
  const points = [...frame.text];
  const size = Math.ceil(points.length / count);
  return Array.from({ length: count }, (_, i) => ({
    text: points.slice(i * size, (i + 1) * size).join(""),
    ...(i === 0 && { output: frame.output ?? 0, reasoning: frame.reasoning ?? 0 }),
  })).filter((piece) => piece.text !== "");
}
