/**
 * Worker: one model in a thread of its own, because WebAssembly computes in one call and would hold the
 * gateway's loop. Opens it once, then answers orders in turn.
 *
 * @module
 */
/// <reference lib="webworker" />
import { errorMessage } from "../../../../caught.ts";
import { readModelFiles } from "./model_files.ts";
import type { ModelFiles, Order, Reply, Request } from "./messages.ts";
import { createPool, type Output } from "./pooling.ts";
import { readVocabulary, type Vocabulary } from "./vocabulary.ts";
import { type Batch, batchesOf, windowsOf } from "./windows.ts";

// The module's scope is the worker's; the page's types are not meant.
const scope = self as unknown as DedicatedWorkerGlobalScope;

/** As much of the runtime as is used; it is known by its address alone. */
interface Runtime {
  readonly env: {
    logLevel?: string;
    readonly wasm: { numThreads?: number; wasmBinary?: Uint8Array; proxy?: boolean };
  };
  readonly InferenceSession: {
    create(model: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<Session>;
  };
  readonly Tensor: new (type: "int64", data: BigInt64Array, dims: readonly number[]) => Tensor;
}

interface Tensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, Tensor>>, fetches: readonly string[]): Promise<
    Readonly<Record<string, Tensor>>
  >;
}

interface Model {
  readonly runtime: Runtime;
  readonly session: Session;
  readonly output: string;
  readonly vocabulary: Vocabulary;
}

/** A whole sentence's vector where the model has one, else each piece's. */
const outputs = ["sentence_embedding", "last_hidden_state", "token_embeddings"];
const inputs: ReadonlySet<string> = new Set(["input_ids", "attention_mask", "token_type_ids"]);

let opened: Promise<Model> | null = null;
/** Orders are answered one after the other. */
let working: Promise<void> = Promise.resolve();

scope.onmessage = ({ data }: MessageEvent<Request>) => {
  if (data.kind === "embed") {
    working = working.then(() => answer(data.order));
    return;
  }
  opened = open(data.runtime, data.files);
  opened.then(
    () => reply({ kind: "opened" }),
    (error: unknown) => reply({ kind: "refused", why: sentence(error) }),
  );
};

function reply(message: Reply): void {
  scope.postMessage(message);
}

async function answer({ id, texts }: Order): Promise<void> {
  try {
    if (!opened) throw new Error("No model was opened");
    reply({ kind: "embedded", id, vectors: await embed(await opened, texts) });
  } catch (error) {
    reply({ kind: "failed", id, why: sentence(error) });
  }
}

async function open(address: string, files: ModelFiles): Promise<Model> {
  const { model, vocabulary } = await readModelFiles(files);
  // A worker from a file has the location `null`, against which the runtime could resolve nothing.
  Object.defineProperty(scope, "location", { value: undefined, configurable: true });
  const runtime: Runtime = await import(address);
  runtime.env.logLevel = "error";
  runtime.env.wasm.numThreads = 1;
  runtime.env.wasm.proxy = false;
  runtime.env.wasm.wasmBinary = await Deno.readFile(
    new URL("./ort-wasm-simd-threaded.wasm", address),
  );
  const session = await runtime.InferenceSession.create(model, { executionProviders: ["wasm"] });
  const foreign = session.inputNames.filter((name) => !inputs.has(name));
  if (!session.inputNames.includes("input_ids") || foreign.length > 0) {
    throw new Error(
      `The model takes [${session.inputNames.join(", ")}]; ` +
        "a sentence model takes input_ids, attention_mask and token_type_ids",
    );
  }
  const output = outputs.find((name) => session.outputNames.includes(name)) ??
    session.outputNames[0];
  if (output === undefined) throw new Error("The model has no output");
  return { runtime, session, output, vocabulary: readVocabulary(vocabulary) };
}

async function embed(model: Model, texts: readonly string[]): Promise<Float32Array[]> {
  const pool = createPool(texts.length);
  for (const batch of batchesOf(windowsOf(texts, model.vocabulary))) {
    pool.add(batch, await run(model, batch));
  }
  return pool.vectors();
}

async function run({ runtime, session, output }: Model, batch: Batch): Promise<Output> {
  const dims = [batch.rows, batch.columns];
  const given: Readonly<Record<string, BigInt64Array>> = {
    input_ids: batch.ids,
    attention_mask: batch.mask,
    token_type_ids: new BigInt64Array(batch.ids.length),
  };
  const feeds = Object.fromEntries(
    session.inputNames.flatMap((name) => {
      const data = given[name];
      return data ? [[name, new runtime.Tensor("int64", data, dims)]] : [];
    }),
  );
  const answered = (await session.run(feeds, [output]))[output];
  if (!answered || !(answered.data instanceof Float32Array)) {
    throw new Error(`The model's output ${output} is ${answered?.type}; expected float32`);
  }
  return { dims: answered.dims, data: answered.data };
}

function sentence(error: unknown): string {
  return errorMessage(error).slice(0, 500);
}
