/** ONNX files made from published weights: what they compute, and what is refused. */
import { expect } from "expect";
import { join } from "node:path";
import { bertModel } from "@/tools/onnx/bert.ts";
import { convert } from "@/tools/onnx/main.ts";
import { seededRandom } from "@/tools/seeded_random.ts";
import { pieces, withModel } from "./onnx_models.ts";

const shape = {
  hidden_size: 4,
  num_attention_heads: 2,
  num_hidden_layers: 1,
  layer_norm_eps: 1e-12,
};

const sizes: Readonly<Record<string, readonly number[]>> = {
  "embeddings.word_embeddings.weight": [pieces.length, 4],
  "embeddings.position_embeddings.weight": [256, 4],
  "embeddings.token_type_embeddings.weight": [2, 4],
  ".intermediate.dense.weight": [8, 4],
  ".intermediate.dense.bias": [8],
  "0.output.dense.weight": [4, 8],
};

type Matrix = readonly (readonly number[])[];

/** Weights that differ, always the same. */
function weightOf(name: string) {
  const known = Object.keys(sizes).find((end) => name.endsWith(end)) ?? "";
  const usual = name.endsWith("bias") || name.includes("Norm") ? [4] : [4, 4];
  const dims = sizes[known] ?? usual;
  const random = seededRandom(
    [...name].reduce((sum, sign) => sum * 31 + sign.charCodeAt(0), 7) >>> 0,
  );
  const data = Float32Array.from(
    { length: dims.reduce((product, dim) => product * dim, 1) },
    () => random() - 0.5,
  );
  return { dims, data };
}

function matrixOf(name: string): Matrix {
  const { dims: [rows = 1, columns], data } = weightOf(name);
  const width = columns ?? rows;
  return Array.from(
    { length: columns === undefined ? 1 : rows },
    (_, row) => [...data.subarray(row * width, (row + 1) * width)],
  );
}

/** The same network in plain numbers, for one text. */
function plainly(ids: readonly number[]): number[] {
  const row = (name: string, at = 0) => matrixOf(name)[at] ?? [];
  const add = (x: readonly number[], y: readonly number[]) => x.map((n, at) => n + (y[at] ?? 0));
  const times = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, n, at) => sum + n * (y[at] ?? 0), 0);
  const linear = (x: readonly number[], name: string) =>
    add(matrixOf(`${name}.weight`).map((weights) => times(x, weights)), row(`${name}.bias`));
  const norm = (x: readonly number[], name: string) => {
    const mean = x.reduce((sum, n) => sum + n, 0) / x.length;
    const spread = Math.sqrt(x.reduce((sum, n) => sum + (n - mean) ** 2, 0) / x.length + 1e-12);
    const [weights, bias] = [row(`${name}.weight`), row(`${name}.bias`)];
    return x.map((n, at) => (n - mean) / spread * (weights[at] ?? 0) + (bias[at] ?? 0));
  };
  const erf = (x: number) => {
    // Steps fine enough for five digits.
    const steps = 20_000;
    let sum = 0;
    for (let at = 0; at < steps; at++) sum += Math.exp(-(((at + 0.5) / steps * x) ** 2));
    return 2 / Math.sqrt(Math.PI) * sum * x / steps;
  };
  const gelu = (x: number) => 0.5 * x * (1 + erf(x / Math.SQRT2));
  const name = "encoder.layer.0";
  const embedded = ids.map((id, at) =>
    norm(
      add(
        add(
          row("embeddings.word_embeddings.weight", id),
          row("embeddings.token_type_embeddings.weight"),
        ),
        row("embeddings.position_embeddings.weight", at),
      ),
      "embeddings.LayerNorm",
    )
  );
  const parts = (part: string) => embedded.map((x) => linear(x, `${name}.attention.self.${part}`));
  const [queries, keys, values] = [parts("query"), parts("key"), parts("value")];
  const out = embedded.map((x, at) => {
    const mixed = [0, 2].flatMap((from) => {
      const head = (of: readonly number[]) => of.slice(from, from + 2);
      const scores = keys.map((key) =>
        Math.exp(times(head(queries[at] ?? []), head(key)) / Math.SQRT2)
      );
      const all = scores.reduce((sum, score) => sum + score, 0);
      return [0, 1].map((dim) =>
        values.reduce((sum, value, i) => sum + (scores[i] ?? 0) / all * (head(value)[dim] ?? 0), 0)
      );
    });
    const attended = linear(mixed, `${name}.attention.output.dense`);
    const seen = norm(add(x, attended), `${name}.attention.output.LayerNorm`);
    const inner = linear(seen, `${name}.intermediate.dense`).map(gelu);
    return norm(add(seen, linear(inner, `${name}.output.dense`)), `${name}.output.LayerNorm`);
  });
  const mean = [0, 1, 2, 3].map((at) => out.reduce((sum, x) => sum + (x[at] ?? 0), 0));
  return mean.map((n) => n / Math.hypot(...mean));
}

Deno.test("bertModel() computes what the network is defined to compute, padded or not", () =>
  withModel(bertModel(shape, weightOf), async ({ embedder }) => {
    await embedder.ready();
    const texts = ["red", "blueish red! blue", ""];
    const ids = [[2, 4, 3], [2, 5, 6, 4, 7, 5, 3], [2, 3]];
    for (const [at, vector] of (await embedder.embed(texts)).entries()) {
      const wanted = plainly(ids[at] ?? []);
      for (const [i, number] of wanted.entries()) expect(vector[i]).toBeCloseTo(number, 4);
    }
  }));

Deno.test("convert() says what a folder lacks", async () => {
  const folder = await Deno.makeTempDir();
  const config = (more: object) =>
    Deno.writeTextFile(
      join(folder, "config.json"),
      JSON.stringify({ model_type: "bert", hidden_act: "gelu", ...shape, ...more }),
    );
  try {
    await expect(convert(folder)).rejects.toThrow("config.json");
    await config({ model_type: "llama" });
    await expect(convert(folder)).rejects.toThrow("model_type must be bert");
    await config({});
    await expect(convert(folder)).rejects.toThrow("model.safetensors");
    const weights = (bytes: Uint8Array) => Deno.writeFile(join(folder, "model.safetensors"), bytes);
    await weights(new Uint8Array(4));
    await expect(convert(folder)).rejects.toThrow("no safetensors file");
    const table = new TextEncoder().encode("{}");
    await weights(Uint8Array.of(table.length, 0, 0, 0, 0, 0, 0, 0, ...table));
    await expect(convert(folder)).rejects.toThrow("There is no weight embeddings.");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
