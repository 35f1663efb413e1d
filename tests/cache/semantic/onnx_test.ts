import { expect } from "expect";
import { join } from "node:path";
import { findModel } from "@/core/cache/semantic/embed/onnx/model_files.ts";
import { openOnnxModels } from "@/core/cache/semantic/embed/onnx/models.ts";
import { createPool } from "@/core/cache/semantic/embed/onnx/pooling.ts";
import { readVocabulary } from "@/core/cache/semantic/embed/onnx/vocabulary.ts";
import { batchesOf, windowsOf } from "@/core/cache/semantic/embed/onnx/windows.ts";
import { wordPieces } from "@/core/cache/semantic/embed/onnx/word_piece.ts";
import { request, withCache } from "./setting.ts";
import { foreignModel, lookupModel, pieces, shapelessModel, withModel } from "./onnx_models.ts";

const vocabulary = readVocabulary(pieces.join("\n"));
const close = (found: Float32Array | undefined, wanted: readonly number[]) => {
  expect(found?.length).toBe(wanted.length);
  for (const [at, number] of wanted.entries()) expect(found?.[at]).toBeCloseTo(number, 5);
};

Deno.test("wordPieces() gives the numbers that BERT's tokenizer gives", () => {
  const words = [
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "cafe",
    "don",
    "'",
    "t",
    "##s",
    "ca",
    "中",
    "文",
    "$",
    "5",
  ];
  const known = readVocabulary(words.join("\n"));
  const read = (text: string) => wordPieces(text, known).map((id) => words[id]);
  expect(read("Café")).toEqual(["cafe"]);
  expect(read("DON'T")).toEqual(["don", "'", "t"]);
  expect(read("cafes")).toEqual(["cafe", "##s"]);
  expect(read("中文cafe")).toEqual(["中", "文", "cafe"]);
  expect(read("$5 \u0000\u200d ca\tt")).toEqual(["$", "5", "ca", "t"]);
  // A word with an unknown piece is unknown as a whole, and so is one of a hundred signs and more.
  expect(read("cafex")).toEqual(["[UNK]"]);
  expect(read("t".repeat(101))).toEqual(["[UNK]"]);
  expect(read(" \n ")).toEqual([]);
});

Deno.test("readVocabulary() takes tokenizer.json too, and says what is wrong with another", () => {
  const model = {
    type: "WordPiece",
    vocab: Object.fromEntries(pieces.map((one, id) => [one, id])),
  };
  const cased = readVocabulary(JSON.stringify({ model, normalizer: { lowercase: false } }));
  expect(wordPieces("Red red", cased)).toEqual([1, 4]);
  expect(wordPieces("Red red", readVocabulary(JSON.stringify({ model })))).toEqual([4, 4]);
  const other = JSON.stringify({ model: { ...model, type: "BPE" } });
  expect(() => readVocabulary(other)).toThrow("its model is BPE, and only WordPiece");
  expect(() => readVocabulary("{")).toThrow("no tokenizer.json");
  expect(() => readVocabulary("red\nblue\n")).toThrow("it has no [UNK]");
});

Deno.test("a long text counts as a whole: windows, weighed by their pieces", () => {
  const windows = windowsOf(["red ".repeat(300), "", "blue"], vocabulary);
  expect(windows.map(({ text, ids }) => [text, ids.length])).toEqual([[0, 256], [0, 48], [1, 2], [
    2,
    3,
  ]]);
  expect(windowsOf(["red ".repeat(100_000)], vocabulary)).toHaveLength(8);
  const pool = createPool(3);
  for (const batch of batchesOf(windows)) {
    const width = 2;
    const data = new Float32Array(batch.rows * batch.columns * width);
    for (const [row, { ids }] of batch.windows.entries()) {
      for (let column = 0; column < batch.columns; column++) {
        // What stands at padding must not count.
        data[(row * batch.columns + column) * width] = column < ids.length ? 1 : 1e6;
        data[(row * batch.columns + column) * width + 1] = column < ids.length ? 1 : -1e6;
      }
    }
    pool.add(batch, { dims: [batch.rows, batch.columns, width], data });
  }
  for (const vector of pool.vectors()) close(vector, [Math.SQRT1_2, Math.SQRT1_2]);
});

Deno.test("a model on disk gives a unit vector for each text, in order", async () => {
  await withModel(lookupModel(), async ({ embedder, reported }) => {
    // Nothing waits for a model that is being opened.
    await expect(embedder.embed(["red"])).rejects.toThrow("is being opened");
    await embedder.ready();
    const [red, both, blueish, nothing] = await embedder.embed([
      "Red!",
      "red blue",
      "blueish red",
      "",
    ]);
    close(red, [1, 0]);
    close(both, [Math.SQRT1_2, Math.SQRT1_2]);
    close(blueish, [1 / Math.sqrt(10), 3 / Math.sqrt(10)]);
    close(nothing, [0, 0]);
    const many = Array.from({ length: 100 }, (_, at) => at % 2 === 0 ? "red" : "blue red red");
    for (const [at, vector] of (await embedder.embed(many)).entries()) {
      close(vector, at % 2 === 0 ? [1, 0] : [2 / Math.sqrt(5), 1 / Math.sqrt(5)]);
    }
    expect(reported).toEqual([]);
  });
});

Deno.test("the semantic cache finds with a model on disk", async () => {
  await withModel(lookupModel(), async ({ embedder }) => {
    await embedder.ready();
    await withCache(async (setting) => {
      await setting.ask(request("red red blue"), "one");
      const { lookup } = await setting.ask(request("blue red red!"), "one");
      expect(lookup.explain.embedder).toBe(embedder.identity);
      expect(lookup.explain.candidates[0]?.similarity).toBeCloseTo(1, 5);
    }, { embedder });
  });
});

Deno.test("what waits for the model is bounded", async () => {
  await withModel(lookupModel(), async ({ embedder }) => {
    await embedder.ready();
    const texts = new Array<string>(200).fill("red");
    const [first, second] = await Promise.allSettled([
      embedder.embed(texts),
      embedder.embed(texts),
    ]);
    expect([first?.status, second?.status]).toEqual(["fulfilled", "rejected"]);
    expect(await embedder.embed(["red"])).toHaveLength(1);
  });
});

Deno.test("a model that is closed fails what waits for it", async () => {
  await withModel(lookupModel(), async ({ embedder }) => {
    await embedder.ready();
    const waiting = embedder.embed(new Array<string>(100).fill("red"));
    embedder.close();
    await expect(waiting).rejects.toThrow("has stopped");
    await expect(embedder.embed(["red"])).rejects.toThrow("cannot be used");
  });
});

Deno.test("a model of another shape is told by its shape", async () => {
  await withModel(shapelessModel(), async ({ embedder }) => {
    await embedder.ready();
    await expect(embedder.embed(["red"])).rejects.toThrow(
      "The model answered with the shape [4, 3]; expected [1, 3, size] or [1, size]",
    );
  });
});

Deno.test("a model that is none for texts, or a damaged one, is refused and tried again later", async () => {
  for (
    const [bytes, reason] of [
      [foreignModel(), "The model takes [pixels]; a sentence model takes input_ids"],
      [new TextEncoder().encode("no model at all"), ""],
    ] as const
  ) {
    await withModel(bytes, async (used) => {
      await expect(used.embedder.ready()).rejects.toThrow("The model tiny cannot be used");
      expect(used.reported).toHaveLength(1);
      expect(used.reported[0]).toContain(reason);
      await expect(used.embedder.embed(["red"])).rejects.toThrow("cannot be used");
      expect(used.reported).toHaveLength(1);
      used.later = 60_000;
      await Deno.writeFile(join(used.folder, "model.onnx"), lookupModel());
      // Another file than the one at the start is not taken for it.
      await expect(used.embedder.ready()).rejects.toThrow("cannot be used");
      expect(used.reported[1]).toContain("have changed since the start");
    });
  }
});

Deno.test("a vocabulary that does not fit is refused with its reason", async () => {
  await withModel(lookupModel(), async ({ embedder, reported }) => {
    await expect(embedder.ready()).rejects.toThrow("cannot be used");
    expect(reported[0]).toContain("it has no [CLS]");
  }, "[UNK]\nred\n");
});

Deno.test("openOnnxModels() reports a file that is missing and leaves the model out", async () => {
  const reported: Readonly<Record<string, unknown>>[] = [];
  await withModel(lookupModel(), async ({ folder }) => {
    const model = join(folder, "model.onnx");
    const models = await openOnnxModels(
      new Map([
        ["here", { model, vocabulary: null }],
        ["absent", { model: join(folder, "absent.onnx"), vocabulary: join(folder, "vocab.txt") }],
        ["mute", { model, vocabulary: join(folder, "absent.txt") }],
      ]),
      {
        runtime: () => Promise.reject(new Error("not asked for")),
        now: () => 0,
        report: (_, details) => reported.push(details),
      },
    );
    expect(models.names).toEqual(["here"]);
    expect(models.of("absent")).toBeNull();
    expect(reported.map(({ model: name, reason }) => [name, reason])).toEqual([
      ["absent", `Cannot read ${join(folder, "absent.onnx")}: there is no such file`],
      ["mute", `Cannot read ${join(folder, "absent.txt")}: there is no such file`],
    ]);
    models.close();
    await Deno.remove(join(folder, "vocab.txt"));
    await expect(findModel({ model, vocabulary: null })).rejects.toThrow(
      "no tokenizer.json or vocab.txt",
    );
  });
});
