/**
 * Scores of pairs by a sentence model: behind a server that speaks `/v1/embeddings`, or a file on disk,
 * both through the product's own embedders.
 *
 * @module
 */
import { dot, type Embedder } from "@/core/cache/semantic/embed/embedder.ts";
import { httpEmbedder } from "@/core/cache/semantic/embed/http_embedder.ts";
import { findModel } from "@/core/cache/semantic/embed/onnx/model_files.ts";
import { onnxEmbedder } from "@/core/cache/semantic/embed/onnx/onnx_embedder.ts";
import { fetchOnnxRuntime } from "@/core/cache/semantic/embed/onnx/runtime.ts";
import type { QuestionPair } from "./pairs.ts";
import { orRefuse, Refusal } from "./refusal.ts";
import type { OtherScores } from "./report.ts";

/** Texts that a model on disk is given at once. */
const atOnce = 96;

export interface Server {
  /** Up to and with `/v1`. */
  readonly url: string;
  readonly model: string;
  readonly keyFile: string | undefined;
}

export async function serverScores(
  pairs: readonly QuestionPair[],
  { url, model, keyFile }: Server,
): Promise<OtherScores> {
  if (!URL.canParse(url)) throw new Refusal("--embeddings must be an address, up to and with /v1.");
  const apiKey = keyFile === undefined
    ? undefined
    : (await orRefuse("--key-file", () => Deno.readTextFile(keyFile))).trim();
  const embedder = httpEmbedder({
    baseUrl: url,
    model,
    fetch,
    timeoutMs: 120_000,
    ...(apiKey && { apiKey }),
  });
  return { name: model, scores: await scores(pairs, embedder, "--embeddings") };
}

export async function fileScores(
  pairs: readonly QuestionPair[],
  file: { readonly model: string; readonly vocabulary: string | null },
  name: string,
): Promise<OtherScores> {
  const files = await orRefuse("--onnx", () => findModel(file));
  let reason = "";
  const embedder = onnxEmbedder(name, files, {
    runtime: fetchOnnxRuntime,
    now: Date.now,
    report: (_, details) => {
      reason = `: ${details.reason}`;
    },
  });
  try {
    await embedder.ready().catch((error: Error) => {
      throw new Refusal(`--onnx: ${error.message}${reason}`);
    });
    return { name, scores: await scores(pairs, embedder, "--onnx") };
  } finally {
    embedder.close();
  }
}

async function scores(
  pairs: readonly QuestionPair[],
  embedder: Embedder,
  option: string,
): Promise<number[]> {
  const texts = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
  const vectors = new Map<string, Float32Array>();
  for (let at = 0; at < texts.length; at += atOnce) {
    const some = texts.slice(at, at + atOnce);
    const found = await orRefuse(option, () => embedder.embed(some));
    for (const [i, text] of some.entries()) vectors.set(text, found[i] ?? new Float32Array());
  }
  const of = (text: string) => vectors.get(text) ?? new Float32Array();
  return pairs.map(({ a, b }) => dot(of(a), of(b)));
}
