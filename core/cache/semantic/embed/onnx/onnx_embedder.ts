/**
 * A sentence model on disk as an embedder. The model runs in a thread of its own, which is begun by the
 * first text and opened once; until it is open, and when it cannot be opened, nothing waits for it.
 *
 * Guarantees: the gateway's own thread computes nothing; what waits for the model is bounded; a thread
 * that dies fails what it had, and another is begun later.
 *
 * @module
 */
import { errorMessage } from "../../../../caught.ts";
import type { Embedder } from "../embedder.ts";
import { EmbeddingFailed } from "../http_embedder.ts";
import type { ModelFiles, Reply, Request } from "./messages.ts";

export interface OnnxPorts {
  /** Where the runtime is; fetches it when it is not there. */
  readonly runtime: () => Promise<URL>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told why a model cannot be used, with its path: for the operator alone. */
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface OnnxEmbedder extends Embedder {
  /**
   * Resolves when the model is open.
   *
   * @throws {EmbeddingFailed} when it cannot be opened
   */
  ready(): Promise<void>;
  /** Ends the thread; what waits for it fails. */
  close(): void;
}

/** Texts that may wait for the model; more would come too late for any call. */
const mostWaiting = 256;
/** Milliseconds after which a model that could not be opened is tried again. */
const restMs = 30_000;

interface Waiting {
  readonly texts: number;
  readonly resolve: (vectors: Float32Array[]) => void;
  readonly reject: (error: EmbeddingFailed) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

/** Makes the embedder of a model; `name` is what settings call it. */
export function onnxEmbedder(name: string, files: ModelFiles, ports: OnnxPorts): OnnxEmbedder {
  let thread: Thread | null = null;
  let opening: Promise<Thread> | null = null;
  let restUntil = 0;
  let closed = false;
  let serial = 0;

  /** The sentence that callers get names the model and no path. */
  const failed = (what: string) => new EmbeddingFailed(`The model ${name} ${what}`);

  function open(): Promise<Thread> {
    return opening ??= begin().then(
      (begun) => thread = begun,
      (error: unknown) => {
        restUntil = ports.now() + restMs;
        if (!closed) {
          const reason = errorMessage(error);
          ports.report("A local embedding model cannot be used", { model: name, reason });
        }
        throw failed("cannot be used");
      },
    ).finally(() => {
      opening = null;
    });
  }

  async function begin(): Promise<Thread> {
    const runtime = await ports.runtime();
    if (closed) throw failed("was closed");
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    const begun: Thread = { worker, waiting: new Map() };
    return await new Promise((resolve, reject) => {
      const give = (error: Error) => {
        drop(begun);
        reject(error);
      };
      worker.onmessage = ({ data }: MessageEvent<Reply>) => {
        if (data.kind === "opened") resolve(begun);
        else if (data.kind === "refused") give(new Error(data.why));
        else settle(begun, data);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        give(new Error(event.message));
      };
      worker.postMessage(
        { kind: "open", runtime: runtime.href, files } satisfies Request,
      );
      abandon = () => give(failed("was closed"));
    });
  }
  /** Ends a thread that is being opened. */
  let abandon = () => {};

  function settle({ waiting }: Thread, reply: Extract<Reply, { readonly id: number }>): void {
    const order = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.kind === "embedded") order?.resolve([...reply.vectors]);
    else order?.reject(failed(`gave no vectors: ${reply.why}`));
  }

  function drop(dead: Thread): void {
    dead.worker.terminate();
    if (thread === dead) thread = null;
    for (const order of dead.waiting.values()) order.reject(failed("has stopped"));
    dead.waiting.clear();
  }

  function order({ worker, waiting }: Thread, texts: readonly string[]): Promise<Float32Array[]> {
    const queued = [...waiting.values()].reduce((sum, one) => sum + one.texts, 0);
    if (queued > 0 && queued + texts.length > mostWaiting) throw failed("is busy");
    const id = serial++;
    return new Promise((resolve, reject) => {
      waiting.set(id, { texts: texts.length, resolve, reject });
      worker.postMessage({ kind: "embed", order: { id, texts } } satisfies Request);
    });
  }

  function mayOpen(): boolean {
    return !closed && (opening !== null || ports.now() >= restUntil);
  }

  return {
    identity: `onnx:${name}:${files.digest.slice(0, 16)}`,
    async embed(texts) {
      if (texts.length === 0) return [];
      if (thread) return await order(thread, texts);
      if (!mayOpen()) throw failed("cannot be used");
      // Told to the operator where it failed.
      open().catch(() => {});
      throw failed("is being opened");
    },
    async ready() {
      if (thread) return;
      if (!mayOpen()) throw failed("cannot be used");
      await open();
    },
    close() {
      closed = true;
      abandon();
      if (thread) drop(thread);
    },
  };
}
