/**
 * Writes ONNX files: a graph is built node by node, each call naming what it makes.
 *
 * Source of the field numbers: `onnx.proto3`, IR version 8, operator set 17.
 *
 * @module
 */
import { type Bytes, float, joined, part, whole } from "./protobuf.ts";

const irVersion = 8;
const operatorSet = 17;

type Attribute = number | { readonly float: number } | readonly number[];

/** A tensor of the graph, by its name. */
export type Value = string;

export interface Graph {
  /** An input of whole numbers with as many free dimensions. */
  input(name: string, dimensions: readonly string[]): Value;
  floats(dims: readonly number[], data: Float32Array): Value;
  integers(dims: readonly number[], data: readonly number[]): Value;
  node(
    operator: string,
    inputs: readonly Value[],
    attributes?: Readonly<Record<string, Attribute>>,
  ): Value;
  /** The file, with these outputs by name. */
  file(outputs: Readonly<Record<string, Value>>): Bytes;
}

const types = { float: 1, int64: 7 };

export function createGraph(): Graph {
  const nodes: Bytes[] = [];
  const constants: Bytes[] = [];
  const inputs: Bytes[] = [];
  let serial = 0;
  const fresh = () => `v${serial++}`;

  function constant(type: number, dims: readonly number[], raw: Uint8Array): Value {
    const name = fresh();
    const shape = dims.map((dim) => whole(1, dim));
    constants.push(part(5, joined([...shape, whole(2, type), part(8, name), part(9, raw)])));
    return name;
  }

  function append(operator: string, from: readonly Value[], to: Value, attributes: Bytes[] = []) {
    const parts = [...from.map((name) => part(1, name)), part(2, to), part(4, operator)];
    nodes.push(part(1, joined([...parts, ...attributes])));
  }

  return {
    input(name, dimensions) {
      inputs.push(part(11, described(name, types.int64, dimensions)));
      return name;
    },
    floats(dims, data) {
      return constant(
        types.float,
        dims,
        new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      );
    },
    integers(dims, data) {
      const raw = BigInt64Array.from(data, BigInt);
      return constant(types.int64, dims, new Uint8Array(raw.buffer));
    },
    node(operator, from, attributes = {}) {
      const name = fresh();
      const told = Object.entries(attributes).map(([key, value]) => part(5, attribute(key, value)));
      append(operator, from, name, told);
      return name;
    },
    file(outputs) {
      const told = Object.entries(outputs).map(([name, value]) => {
        append("Identity", [value], name);
        return part(12, described(name, types.float, null));
      });
      const graph = joined([...nodes, part(2, "model"), ...constants, ...inputs, ...told]);
      return joined([
        whole(1, irVersion),
        part(2, "watchllm"),
        part(7, graph),
        part(8, whole(2, operatorSet)),
      ]);
    },
  };
}

function described(name: string, type: number, dimensions: readonly string[] | null): Bytes {
  const shape = dimensions
    ? [part(2, joined(dimensions.map((dimension) => part(1, part(2, dimension)))))]
    : [];
  const tensor = part(1, joined([whole(1, type), ...shape]));
  return joined([part(1, name), part(2, tensor)]);
}

function attribute(name: string, value: Attribute): Bytes {
  const told = typeof value === "number"
    ? [whole(3, value), whole(20, 2)]
    : "float" in value
    ? [float(2, value.float), whole(20, 1)]
    : [...value.map((one) => whole(8, one)), whole(20, 7)];
  return joined([part(1, name), ...told]);
}
