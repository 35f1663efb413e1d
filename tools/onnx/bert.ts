/**
 * BERT as a graph: what sentence models such as all-MiniLM-L6-v2 are, from their weights.
 *
 * @module
 */
import { createGraph, type Graph, type Value } from "./graph.ts";
import type { Bytes } from "./protobuf.ts";

export interface Weight {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** As `config.json` of such a model says. */
export interface BertShape {
  readonly hidden_size: number;
  readonly num_attention_heads: number;
  readonly num_hidden_layers: number;
  readonly layer_norm_eps: number;
}

/** The file of the model: `input_ids`, `attention_mask`, `token_type_ids` to `last_hidden_state`. */
export function bertModel(shape: BertShape, weightOf: (name: string) => Weight): Bytes {
  const graph = createGraph();
  const place = ["batch", "length"];
  const ids = graph.input("input_ids", place);
  const mask = graph.input("attention_mask", place);
  const types = graph.input("token_type_ids", place);
  const net = layers(graph, shape, weightOf);
  let x = net.embedded(ids, types);
  const ignored = net.ignored(mask);
  for (let at = 0; at < shape.num_hidden_layers; at++) x = net.layer(x, ignored, at);
  return graph.file({ last_hidden_state: x });
}

function layers(graph: Graph, shape: BertShape, weightOf: (name: string) => Weight) {
  const { hidden_size: width, num_attention_heads: heads, layer_norm_eps: epsilon } = shape;
  const { node } = graph;
  const scalar = (value: number) => graph.floats([], Float32Array.of(value));
  const weight = (name: string): Value => {
    const { dims, data } = weightOf(name);
    return graph.floats(dims, data);
  };
  const linear = (x: Value, name: string) => {
    const turned = node("Transpose", [weight(`${name}.weight`)], { perm: [1, 0] });
    return node("Add", [node("MatMul", [x, turned]), weight(`${name}.bias`)]);
  };
  const norm = (x: Value, name: string) =>
    node("LayerNormalization", [x, weight(`${name}.weight`), weight(`${name}.bias`)], {
      axis: -1,
      epsilon: { float: epsilon },
    });
  const zero = graph.integers([], [0]);
  const one = graph.integers([], [1]);

  function embedded(ids: Value, types: Value): Value {
    const length = node("Gather", [node("Shape", [ids]), one]);
    const places = node("Range", [zero, length, one]);
    const tables = (name: string) => weight(`embeddings.${name}_embeddings.weight`);
    const words = node("Gather", [tables("word"), ids]);
    const kinds = node("Gather", [tables("token_type"), types]);
    const at = node("Gather", [tables("position"), places]);
    return norm(node("Add", [node("Add", [words, kinds]), at]), "embeddings.LayerNorm");
  }

  /** Padding gets a weight of nothing. */
  function ignored(mask: Value): Value {
    const there = node("Unsqueeze", [
      node("Cast", [mask], { to: 1 }),
      graph.integers([2], [1, 2]),
    ]);
    return node("Mul", [node("Sub", [scalar(1), there]), scalar(-10_000)]);
  }

  function gelu(x: Value): Value {
    const half = node("Mul", [x, scalar(0.5)]);
    const erf = node("Erf", [node("Div", [x, scalar(Math.SQRT2)])]);
    return node("Mul", [half, node("Add", [erf, scalar(1)])]);
  }

  function layer(x: Value, padding: Value, at: number): Value {
    const name = `encoder.layer.${at}`;
    const split = graph.integers([4], [0, 0, heads, width / heads]);
    const head = (part: string, perm: readonly number[]) => {
      const projected = linear(x, `${name}.attention.self.${part}`);
      return node("Transpose", [node("Reshape", [projected, split])], { perm });
    };
    const query = head("query", [0, 2, 1, 3]);
    const key = head("key", [0, 2, 3, 1]);
    const value = head("value", [0, 2, 1, 3]);
    const scale = scalar(1 / Math.sqrt(width / heads));
    const scores = node("Mul", [node("MatMul", [query, key]), scale]);
    const shares = node("Softmax", [node("Add", [scores, padding])], { axis: -1 });
    const mixed = node("Transpose", [node("MatMul", [shares, value])], { perm: [0, 2, 1, 3] });
    const merged = node("Reshape", [mixed, graph.integers([3], [0, 0, width])]);
    const attended = linear(merged, `${name}.attention.output.dense`);
    const seen = norm(node("Add", [x, attended]), `${name}.attention.output.LayerNorm`);
    const inner = gelu(linear(seen, `${name}.intermediate.dense`));
    const out = linear(inner, `${name}.output.dense`);
    return norm(node("Add", [seen, out]), `${name}.output.LayerNorm`);
  }

  return { embedded, ignored, layer };
}
