/** Models of a few numbers, written by the tests that use them, and an embedder for each. */
import { join } from "node:path";
import { findModel } from "@/core/cache/semantic/embed/onnx/model_files.ts";
import { type OnnxEmbedder, onnxEmbedder } from "@/core/cache/semantic/embed/onnx/onnx_embedder.ts";
import { fetchOnnxRuntime } from "@/core/cache/semantic/embed/onnx/runtime.ts";
import { createGraph } from "@/tools/onnx/graph.ts";

export const pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "red", "blue", "##ish", "!"];

/** A number or two for each piece; the marks of beginning and end say nothing. */
export const table = [[9, 9], [0, 0], [0, 0], [0, 0], [1, 0], [0, 1], [0, 2], [0, 0]];

/** Looks each piece up, and does nothing else. */
export function lookupModel(): Uint8Array {
  const graph = createGraph();
  const ids = graph.input("input_ids", ["batch", "length"]);
  graph.input("attention_mask", ["batch", "length"]);
  const rows = graph.floats([table.length, 2], Float32Array.from(table.flat()));
  return graph.file({ last_hidden_state: graph.node("Gather", [rows, ids]) });
}

/** Answers the same table whatever it is asked. */
export function shapelessModel(): Uint8Array {
  const graph = createGraph();
  const ids = graph.input("input_ids", ["batch", "length"]);
  const rows = graph.floats([4, 3], new Float32Array(12));
  // Its input has to be used.
  const none = graph.node("Mul", [
    graph.node("ReduceSum", [graph.node("Cast", [ids], { to: 1 })], { keepdims: 0 }),
    graph.floats([], Float32Array.of(0)),
  ]);
  return graph.file({ logits: graph.node("Add", [rows, none]) });
}

/** Sees pictures, not texts. */
export function foreignModel(): Uint8Array {
  const graph = createGraph();
  const pixels = graph.input("pixels", ["batch", "length"]);
  return graph.file({ logits: graph.node("Cast", [pixels], { to: 1 }) });
}

export interface Used {
  readonly embedder: OnnxEmbedder;
  readonly folder: string;
  /** What the operator was told. */
  readonly reported: string[];
  /** Milliseconds by which the embedder's clock goes ahead. */
  later: number;
}

/** Writes a model and its vocabulary, and hands over its embedder; removes all of it afterwards. */
export async function withModel(
  model: Uint8Array,
  use: (used: Used) => Promise<void>,
  vocabulary = pieces.join("\n") + "\n",
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "model.onnx");
    await Deno.writeFile(path, model);
    await Deno.writeTextFile(join(folder, "vocab.txt"), vocabulary);
    const reported: string[] = [];
    const used: Used = {
      embedder: onnxEmbedder("tiny", await findModel({ model: path, vocabulary: null }), {
        runtime: fetchOnnxRuntime,
        now: () => Date.now() + used.later,
        report: (_, details) => reported.push(String(details.reason)),
      }),
      folder,
      reported,
      later: 0,
    };
    try {
      await use(used);
    } finally {
      used.embedder.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
