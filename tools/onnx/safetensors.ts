/**
 * Reads files of weights in the safetensors format: a length, a table of names as JSON, the numbers.
 *
 * @module
 */
import { z } from "zod";
import type { Weight } from "./bert.ts";

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});
const tableSchema = z.record(z.string(), z.unknown());

/**
 * The weights of a file by name.
 *
 * @throws {Error} naming the weight that is absent or not of 32 bits
 */
export function readWeights(file: Uint8Array<ArrayBuffer>): (name: string) => Weight {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = file.length < 8 ? Infinity : Number(view.getBigUint64(0, true));
  if (8 + length > file.length) throw new Error("It is no safetensors file");
  const text = new TextDecoder().decode(file.subarray(8, 8 + length));
  const table = tableSchema.parse(JSON.parse(text));
  return (name) => {
    const entry = entrySchema.safeParse(table[name] ?? table[`bert.${name}`]);
    if (!entry.success) throw new Error(`There is no weight ${name}: it is no BERT model`);
    const { dtype, shape, data_offsets: [from, to] } = entry.data;
    if (dtype !== "F32") throw new Error(`The weight ${name} is ${dtype}; expected F32`);
    // Copied, because four bytes must stand at a multiple of four.
    const bytes = file.slice(8 + length + from, 8 + length + to);
    return { dims: shape, data: new Float32Array(bytes.buffer) };
  };
}
