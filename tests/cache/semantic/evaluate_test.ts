import { expect } from "expect";
import { join } from "node:path";
import { evaluate } from "@/tools/eval_semantic/main.ts";
import { halfOf, readPairs } from "@/tools/eval_semantic/pairs.ts";
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

Deno.test("evaluate() names what is wrong with its arguments or the file", () =>
  withFile("{}", async (path) => {
    expect(await run()).toMatchObject({ code: 2, complained: expect.stringContaining("--pairs") });
    expect(await run("--pairs", path)).toMatchObject({
      code: 2,
      complained: expect.stringContaining("Line 1"),
    });
    expect(await run("--pairs", path, "--half", "third")).toMatchObject({
      code: 2,
      complained: expect.stringContaining("--half"),
    });
    expect(await run("--help")).toMatchObject({ code: 0, said: expect.stringContaining("Usage") });
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
