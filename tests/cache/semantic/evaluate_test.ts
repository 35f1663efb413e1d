import { expect } from "expect";
import { join } from "node:path";
import { evaluate } from "@/tools/eval_semantic/main.ts";
import { halfOf, readPairs } from "@/tools/eval_semantic/pairs.ts";
import { simulateProjects } from "@/tools/eval_semantic/simulate.ts";
import { lookupModel, pieces } from "./onnx_models.ts";
import { curveOf, pointAt } from "@/tools/eval_semantic/curve.ts";

async function run(...args: readonly string[]) {
  const said: string[] = [];
  const complained: string[] = [];
  const code = await evaluate(args, {
    say: (line) => said.push(line),
    complain: (line) => complained.push(line),
  });
  return { code, said: said.join("\n"), complained: complained.join("\n") };
}

async function withFile(text: string, use: (path: string, folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "pairs.jsonl");
    await Deno.writeTextFile(path, text);
    await use(path, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const line = (text_a: string, text_b: string, label: number) =>
  JSON.stringify({ text_a, text_b, label });
const pairs = [
  line("How do I reset my password?", "How can I reset my password?", 1),
  line("What do Danes think of Swedes?", "What do Swedes think of Danes?", 0),
  line("Where is the station?", "Who invented paper?", 0),
].join("\n");

Deno.test("evaluate() reports the operating point, the curves and each guard as JSON", () =>
  withFile(pairs, async (path, folder) => {
    const svg = join(folder, "curve.svg");
    const { code, said } = await run("--pairs", path, "--json", "--svg", svg, "--threshold", "0.8");
    const report = JSON.parse(said);
    expect(code).toBe(0);
    expect(report.half).toBe("all");
    expect(report.operatingPoint).toMatchObject({ hits: 1, right: 1, precision: 1, recall: 1 });
    expect(report.curves.map((curve: { name: string }) => curve.name)).toEqual([
      "embedded + guards",
      "embedded, no guards",
      "character 3-grams",
      "weighted words",
    ]);
    expect(report.guards.length).toBeGreaterThan(10);
    expect(await Deno.readTextFile(svg)).toContain("<svg");
  }));

Deno.test("odd lines are read as they are, and none of them is a hit by its oddness", () => {
  const odd = [
    line("", "", 0),
    line("", "How do I reset my password?", 0),
    line("???", "!!!", 0),
    line("\u0000\ud83d\ude00 ?", "\ud83d\ude00", 0),
    line("日本語で質問するには？", "中文怎么提问？", 0),
    line("\u202eabc", "עברית", 0),
    line("a ".repeat(100_000), "x".repeat(200_000), 0),
    JSON.stringify({
      label: true,
      text_b: "Où est la gare ?",
      text_a: "Où est la gare ?",
      more: 1,
    }),
  ];
  // As other systems write files: a mark at the beginning, two signs at the end of each line.
  return withFile(
    `\ufeff${pairs.replaceAll("\n", "\r\n")}\r\n${odd.join("\r\n")}\r\n \r\n`,
    async (path) => {
      const { said, complained } = await run("--pairs", path, "--json");
      expect(complained).toBe("");
      const { operatingPoint, pairs: read, same, falseHits } = JSON.parse(said);
      expect([read, same, falseHits]).toEqual([11, 2, []]);
      expect(operatingPoint.hits).toBeLessThanOrEqual(2);
    },
  );
});

Deno.test("every guard has a curve without it", () =>
  withFile(pairs, async (path) => {
    const { guards } = JSON.parse((await run("--pairs", path, "--json")).said);
    const without = (name: string) =>
      guards.find(({ guard }: { guard: string }) => guard === name).curve.length;
    // Danes and Swedes in each other's place are served by nobody but for this guard.
    expect([without("order"), without("units")]).toEqual([2, 1]);
    const { said } = await run("--pairs", path);
    expect(said).toContain("Precision at recall without one guard");
  }));

Deno.test("evaluate() says in a line what is wrong with its arguments or the file", () =>
  withFile(pairs, async (path, folder) => {
    const file = async (name: string, content: string | Uint8Array) => {
      const at = join(folder, name);
      await Deno.writeFile(
        at,
        typeof content === "string" ? new TextEncoder().encode(content) : content,
      );
      return at;
    };
    const nobody = "http://127.0.0.1:9/v1";
    const wrong: readonly (readonly [string, readonly string[]])[] = [
      ["--pairs", []],
      ["Cannot read", ["--pairs", join(folder, "absent")]],
      ["Cannot read", ["--pairs", folder]],
      ["Line 1", ["--pairs", await file("a", "{}")]],
      ["Line 2", ["--pairs", await file("b", `${pairs.split("\n")[0]}\n{"text_a":"x"`)]],
      ["There are no pairs", ["--pairs", await file("c", "\n")]],
      ["No pair", ["--pairs", await file("d", line("a", "b", 0))]],
      ["Cannot read", ["--pairs", await file("e", Uint8Array.of(0x1f, 0x8b, 0, 1, 2))]],
      ["--half", ["--pairs", path, "--half", "third"]],
      ["--threshold", ["--pairs", path, "--threshold", "high"]],
      ["--bogus", ["--pairs", path, "--bogus"]],
      ["--svg", ["--pairs", path, "--svg", join(folder, "absent/curve.svg")]],
      ["--model", ["--pairs", path, "--embeddings", nobody]],
      ["--embeddings", ["--pairs", path, "--embeddings", "nowhere", "--model", "m"]],
      ["cannot be reached", ["--pairs", path, "--embeddings", nobody, "--model", "m"]],
      ["--key-file", [
        ...["--pairs", path, "--embeddings", nobody, "--model", "m"],
        ...["--key-file", join(folder, "absent")],
      ]],
      ["--onnx", ["--pairs", path, "--onnx", join(folder, "absent.onnx")]],
    ];
    for (const [words, args] of wrong) {
      const { code, complained, said } = await run(...args);
      expect([code, complained, said]).toEqual([2, expect.stringContaining(words), ""]);
      expect(complained).not.toContain("\n");
    }
    expect(await run("--help")).toMatchObject({ code: 0, said: expect.stringContaining("Usage") });
  }));

Deno.test("the simulation says in a line what is wrong with its arguments or the file", () =>
  withFile(pairs, async (path) => {
    const wrong: readonly (readonly [string, readonly string[]])[] = [
      ["--pairs", []],
      ["Cannot read", ["--pairs", `${path}.absent`]],
      ["--runs", ["--pairs", path, "--runs", "many"]],
      ["--runs", ["--pairs", path, "--runs", "0"]],
      ["--calls", ["--pairs", path, "--calls", "1.5"]],
      ["--target", ["--pairs", path, "--target", "1"]],
      ["--half", ["--pairs", path, "--half", "x"]],
      ["--bogus", ["--pairs", path, "--bogus"]],
    ];
    for (const [words, args] of wrong) {
      const complained: string[] = [];
      const code = await simulateProjects(args, {
        say: (text) => complained.push(`said: ${text}`),
        complain: (text) => complained.push(text),
      });
      expect([code, complained]).toEqual([2, [expect.stringContaining(words)]]);
    }
  }));

Deno.test("a sentence model on disk gives a curve of its own, with guards and without", () =>
  withFile(pairs, async (path, folder) => {
    await Deno.writeFile(join(folder, "model.onnx"), lookupModel());
    await Deno.writeTextFile(join(folder, "vocab.txt"), pieces.join("\n"));
    const onnx = ["--onnx", join(folder, "model.onnx"), "--model", "tiny"];
    const { said, complained } = await run("--pairs", path, "--json", ...onnx);
    expect(complained).toBe("");
    expect(JSON.parse(said).curves.map(({ name }: { name: string }) => name).slice(-2))
      .toEqual(["tiny", "tiny + guards"]);
  }));

Deno.test("the division into halves depends on the texts alone, in either order", () => {
  const half = halfOf({ a: "x", b: "y", same: true });
  expect(halfOf({ a: "y", b: "x", same: false })).toBe(half);
});

Deno.test("readPairs() reads plain and gzipped files alike", () =>
  withFile(pairs, async (path, folder) => {
    const packed = join(folder, "pairs.jsonl.gz");
    const stream = new Blob([pairs]).stream().pipeThrough(new CompressionStream("gzip"));
    await Deno.writeFile(packed, stream);
    expect(await readPairs(packed)).toEqual(await readPairs(path));
  }));

Deno.test("a curve counts pairs of one score together and never serves a vetoed one", () => {
  const verdicts = [{ score: 0.9, same: true }, { score: 0.9, same: false }, {
    score: null,
    same: true,
  }, { score: 0.1, same: true }];
  expect(curveOf(verdicts)).toEqual([
    { threshold: 0.9, hits: 2, right: 1, precision: 0.5, recall: 1 / 3 },
    { threshold: 0.1, hits: 3, right: 2, precision: 2 / 3, recall: 2 / 3 },
  ]);
  expect(pointAt(verdicts, 0.5)).toMatchObject({ hits: 2, recall: 1 / 3 });
});
