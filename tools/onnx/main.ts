/**
 * `deno run -A tools/onnx/main.ts --model FOLDER --out FILE`: an ONNX file from the weights of a BERT
 * sentence model as they are published, for those who have no other tool for it.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { errorMessage } from "@/core/caught.ts";
import { bertModel } from "./bert.ts";
import { readWeights } from "./safetensors.ts";

const help = `Writes an ONNX file from a BERT sentence model's weights.

Usage: deno run -A tools/onnx/main.ts --model FOLDER --out FILE

  --model  folder with config.json and model.safetensors, such as all-MiniLM-L6-v2
  --out    the file to write; name it in WATCHLLM_ONNX_<NAME>, the vocabulary (tokenizer.json or
           vocab.txt) beside it or in WATCHLLM_ONNX_<NAME>_VOCABULARY
`;

const configSchema = z.object({
  model_type: z.literal("bert", "must be bert"),
  hidden_act: z.literal("gelu", "must be gelu"),
  hidden_size: z.number().int().positive(),
  num_attention_heads: z.number().int().positive(),
  num_hidden_layers: z.number().int().positive(),
  layer_norm_eps: z.number().positive().default(1e-12),
});

/** Reads a model's folder; the bytes of its ONNX file. */
export async function convert(folder: string): Promise<Uint8Array> {
  const config: unknown = JSON.parse(await Deno.readTextFile(join(folder, "config.json")));
  const shape = configSchema.safeParse(config);
  if (!shape.success) {
    const [issue] = shape.error.issues;
    throw new Error(`config.json: ${issue?.path.join(".")} ${issue?.message}`);
  }
  return bertModel(
    shape.data,
    readWeights(await Deno.readFile(join(folder, "model.safetensors"))),
  );
}

async function main(args: readonly string[]): Promise<number> {
  const { log: say, error: complain } = console;
  const { values } = parseArgs({
    args: [...args],
    options: { model: { type: "string" }, out: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help || !values.model || !values.out) {
    say(help);
    return values.help ? 0 : 2;
  }
  try {
    const bytes = await convert(values.model);
    await Deno.writeFile(values.out, bytes);
    say(`Wrote ${values.out}: ${(bytes.length / 1024 / 1024).toFixed(1)} MB.`);
    return 0;
  } catch (error) {
    complain(errorMessage(error));
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
