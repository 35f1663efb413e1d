/**
 * The files of the models that the operator has named: found, read and told apart by their content.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import type { ModelFiles } from "./messages.ts";

/** As the configuration names a model. */
export interface NamedModel {
  readonly model: string;
  /** Null: `tokenizer.json` or `vocab.txt` beside the model, or one folder above. */
  readonly vocabulary: string | null;
}

/** A file of a model cannot be used; the message names it. For the operator alone. */
export class ModelUnusable extends Error {
  override readonly name = "ModelUnusable";
}

const vocabularyNames = ["tokenizer.json", "vocab.txt"];

/**
 * Finds a model's files.
 *
 * @throws {ModelUnusable}
 */
export async function findModel({ model, vocabulary }: NamedModel): Promise<ModelFiles> {
  const words = vocabulary ?? await vocabularyBeside(model);
  const contents = await Promise.all([readFile(model), readFile(words)]);
  return { model, vocabulary: words, digest: digestOf(contents) };
}

/**
 * The contents of a model's files.
 *
 * @throws {ModelUnusable} also when they are no longer those that were found
 */
export async function readModelFiles(files: ModelFiles) {
  const [model, vocabulary] = await Promise.all([
    readFile(files.model),
    readFile(files.vocabulary),
  ]);
  if (digestOf([model, vocabulary]) !== files.digest) {
    throw new ModelUnusable("The model's files have changed since the start: start again");
  }
  return { model, vocabulary: new TextDecoder().decode(vocabulary) };
}

async function vocabularyBeside(model: string): Promise<string> {
  const folder = dirname(model);
  for (const place of [folder, dirname(folder)]) {
    for (const name of vocabularyNames) {
      const path = join(place, name);
      if (await Deno.stat(path).then((found) => found.isFile, () => false)) return path;
    }
  }
  throw new ModelUnusable(`There is no ${vocabularyNames.join(" or ")} beside ${model}`);
}

async function readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : error instanceof Error
      ? error.message
      : String(error);
    throw new ModelUnusable(`Cannot read ${path}: ${why}`);
  }
}

function digestOf(contents: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const bytes of contents) hash.update(`${bytes.length}\n`).update(bytes);
  return hash.digest("hex");
}
