/**
 * A model's vocabulary: from `vocab.txt`, one piece a line, or from `tokenizer.json`.
 *
 * @module
 */
import { z } from "zod";
import { parseJson } from "../../../../json.ts";

export interface Vocabulary {
  readonly ids: ReadonlyMap<string, number>;
  readonly unknown: number;
  /** Marks the beginning of a text. */
  readonly begin: number;
  /** Marks its end. */
  readonly end: number;
  /** What a piece begins with that continues a word. */
  readonly prefix: string;
  readonly lowercase: boolean;
  readonly stripAccents: boolean;
}

/** The file is no vocabulary that can be used; the message says why. */
export class VocabularyUnreadable extends Error {
  override readonly name = "VocabularyUnreadable";
}

const tokenizerSchema = z.object({
  normalizer: z.object({
    lowercase: z.boolean().optional(),
    strip_accents: z.boolean().nullish(),
  }).nullish(),
  model: z.object({
    type: z.string().optional(),
    unk_token: z.string().optional(),
    continuing_subword_prefix: z.string().optional(),
    vocab: z.record(z.string(), z.number().int().nonnegative()),
  }),
});

/**
 * Reads a vocabulary; without a word of `tokenizer.json` on case, texts are taken to lower case.
 *
 * @throws {VocabularyUnreadable}
 */
export function readVocabulary(text: string): Vocabulary {
  return text.trimStart().startsWith("{") ? fromTokenizer(text) : fromLines(text);
}

function fromLines(text: string): Vocabulary {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  if (lines.at(-1) === "") lines.pop();
  return vocabularyOf(new Map(lines.map((piece, id) => [piece, id])), {});
}

function fromTokenizer(text: string): Vocabulary {
  const parsed = tokenizerSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new VocabularyUnreadable("it is no tokenizer.json with a vocabulary");
  const { normalizer, model } = parsed.data;
  if (model.type !== undefined && model.type !== "WordPiece") {
    throw new VocabularyUnreadable(
      `its model is ${model.type}, and only WordPiece (BERT) can be read`,
    );
  }
  const lowercase = normalizer?.lowercase ?? true;
  return vocabularyOf(new Map(Object.entries(model.vocab)), {
    lowercase,
    stripAccents: normalizer?.strip_accents ?? lowercase,
    ...(model.unk_token !== undefined && { unknown: model.unk_token }),
    ...(model.continuing_subword_prefix !== undefined &&
      { prefix: model.continuing_subword_prefix }),
  });
}

interface Rules {
  readonly lowercase?: boolean;
  readonly stripAccents?: boolean;
  readonly unknown?: string;
  readonly prefix?: string;
}

function vocabularyOf(ids: ReadonlyMap<string, number>, rules: Rules): Vocabulary {
  const { lowercase = true, stripAccents = lowercase, unknown = "[UNK]", prefix = "##" } = rules;
  const idOf = (piece: string): number => {
    const id = ids.get(piece);
    if (id === undefined) throw new VocabularyUnreadable(`it has no ${piece}`);
    return id;
  };
  return {
    ids,
    unknown: idOf(unknown),
    begin: idOf("[CLS]"),
    end: idOf("[SEP]"),
    prefix,
    lowercase,
    stripAccents,
  };
}
