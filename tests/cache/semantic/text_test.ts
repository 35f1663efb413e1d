import { expect } from "expect";
import fc from "fast-check";
import { createMatcher } from "@/core/cache/semantic/matcher/matcher.ts";
import { readTrees, scoreOf, type Tree, writeTree } from "@/core/cache/semantic/matcher/trees.ts";
import { readQuestion } from "@/core/cache/semantic/text/question.ts";

const textsOf = (text: string) => readQuestion(text).words.map((word) => word.text);

Deno.test("reading a question keeps dates, part numbers and operators as they are", () => {
  expect(textsOf("Does ABC-12 ship on 2024/05/01? Please add milk."))
    .toEqual(["does", "abc-12", "ship", "on", "2024/05/01", "please", "add", "milk"]);
  expect(textsOf("Is C++ like C# or C?")).toEqual(["is", "c++", "like", "c#", "or", "c"]);
});

Deno.test("reading a question opens contractions and unifies spelling", () => {
  expect(textsOf("What's the colour I can't see?"))
    .toEqual(["what", "is", "the", "color", "i", "can", "not", "see"]);
});

Deno.test("reading takes any text", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
    expect(readQuestion(text).text).toBe(text);
  }));
});

const matcher = createMatcher();
const words = fc.constantFrom(
  ..."how do i what is the best way to reset my password in paris london cat 12 C++ not why".split(
    " ",
  ),
);
const questions = fc.array(words, { minLength: 1, maxLength: 12 }).map((all) => all.join(" "));

Deno.test("the matcher's score is a chance and does not depend on which question comes first", () => {
  fc.assert(fc.property(questions, questions, (x, y) => {
    const [a, b] = [readQuestion(x), readQuestion(y)];
    const score = matcher.score(a, b);
    expect(score).toBeGreaterThanOrEqual(0);
    expect(score).toBeLessThanOrEqual(1);
    // Greedy alignment may break ties differently; the score moves little by it.
    expect(Math.abs(score - matcher.score(b, a))).toBeLessThan(0.35);
  }));
});

Deno.test("the matcher ranks a paraphrase above a question about the same thing", () => {
  const asked = readQuestion("How do I reset my password?");
  const score = (text: string) => matcher.score(asked, readQuestion(text));
  expect(score("How can I reset my password?")).toBeGreaterThan(0.9);
  expect(score("How can I reset my password?")).toBeGreaterThan(
    score("How do I choose a good password?"),
  );
  expect(score("Where is the Eiffel tower?")).toBeLessThan(0.3);
});

Deno.test("trees are read back as they were written, to the step of a leaf", () => {
  const cuts = [[0.5, 1.5], [-2, 0, 2]];
  const tree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree; leaf: Tree; split: Tree }>((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, tie("leaf"), tie("split")),
    leaf: fc.record({ leaf: fc.double({ min: -3.9, max: 3.9, noNaN: true }) }),
    split: fc.constantFrom([0, 0.5], [0, 1.5], [1, -2], [1, 0], [1, 2]).chain((
      [feature = 0, cut = 0],
    ) =>
      fc.record({
        feature: fc.constant(feature),
        cut: fc.constant(cut),
        left: tie("tree"),
        right: tie("tree"),
      })
    ),
  })).tree;
  fc.assert(
    fc.property(
      fc.array(tree, { maxLength: 5 }),
      fc.array(fc.double({ noNaN: true }), { minLength: 2, maxLength: 2 }),
      (trees, row) => {
        const read = readTrees(trees.map((one) => writeTree(one, cuts)).join(""), cuts);
        expect(Math.abs(scoreOf(read, row) - scoreOf(trees, row))).toBeLessThanOrEqual(
          trees.length / 1024 + 1e-9,
        );
      },
    ),
  );
});
