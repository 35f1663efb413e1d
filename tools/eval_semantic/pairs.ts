/**
 * Files of question pairs: one JSON object a line, `{text_a, text_b, label}`, plain or gzipped.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { orRefuse, Refusal } from "./refusal.ts";

const lineSchema = z.object({
  text_a: z.string(),
  text_b: z.string(),
  label: z.union([z.literal(0), z.literal(1), z.boolean()]).transform(Boolean),
});

export interface QuestionPair {
  readonly a: string;
  readonly b: string;
  /** A human judged them the same question. */
  readonly same: boolean;
}

export interface PairFile {
  readonly pairs: readonly QuestionPair[];
  /** SHA-256 of the unpacked file. */
  readonly digest: string;
}

/** Reads a file of pairs. Throws an error that names the line when one does not fit. */
export async function readPairs(path: string): Promise<PairFile> {
  const packed = await Deno.readFile(path);
  const isGzip = packed[0] === 0x1f && packed[1] === 0x8b;
  const bytes = isGzip ? await unpack(packed) : packed;
  const pairs = new TextDecoder().decode(bytes).split("\n").flatMap((line, at) =>
    line.trim() === "" ? [] : [parseLine(line, at + 1)]
  );
  return { pairs, digest: createHash("sha256").update(bytes).digest("hex") };
}

/**
 * The pairs of a file from which something can be told.
 *
 * @throws {Refusal}
 */
export async function readUsablePairs(path: string | undefined): Promise<PairFile> {
  if (!path) throw new Refusal("Name the file with --pairs FILE (see --help).");
  const file = await orRefuse(`Cannot read ${path}`, () => readPairs(path));
  const same = file.pairs.filter((pair) => pair.same).length;
  if (file.pairs.length === 0) throw new Refusal(`There are no pairs in ${path}.`);
  if (same === 0) throw new Refusal(`No pair in ${path} is labelled as the same question.`);
  return file;
}

async function unpack(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function parseLine(line: string, number: number): QuestionPair {
  try {
    const { text_a, text_b, label } = lineSchema.parse(JSON.parse(line));
    return { a: text_a, b: text_b, same: label };
  } catch (cause) {
    throw new Error(
      `Line ${number} is not {"text_a": text, "text_b": text, "label": 0 or 1}`,
      { cause },
    );
  }
}

/** Which half a pair belongs to: by a hash of its two texts, so that every machine splits alike. */
export function halfOf({ a, b }: QuestionPair): "learn" | "report" {
  const digest = createHash("sha256").update([a, b].sort().join("\n")).digest();
  return (digest[0] ?? 0) % 2 === 0 ? "learn" : "report";
}

export type Half = "all" | "learn" | "report";

/** The pairs to report on: of the file that was learnt from, the other half; of any other file, all. */
export function honestHalf(file: PairFile, learntFrom: string): Half {
  return file.digest === learntFrom ? "report" : "all";
}

/** The pairs of a half. */
export function pairsOf(file: PairFile, half: Half): readonly QuestionPair[] {
  return half === "all" ? file.pairs : file.pairs.filter((pair) => halfOf(pair) === half);
}

/** Reads a half's name; null when it is none. */
export function readHalf(text: string): Half | null {
  return text === "all" || text === "learn" || text === "report" ? text : null;
}
