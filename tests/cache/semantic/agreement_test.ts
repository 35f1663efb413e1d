import { expect } from "expect";
import { compareAnswers } from "@/core/cache/semantic/agreement.ts";
import type { Embedder } from "@/core/cache/semantic/embed/embedder.ts";
import { createMatcher } from "@/core/cache/semantic/matcher/matcher.ts";

const { weigh } = createMatcher();
/** To it everything is alike. */
const credulous: Embedder = {
  identity: "credulous",
  embed: (texts) => Promise.resolve(texts.map(() => new Float32Array([1, 0]))),
};

const verdict = (a: string, b: string, embedder: Embedder | null = null) =>
  compareAnswers({ question: "One?", answer: a }, { question: "Two?", answer: b }, {
    weigh,
    embedder,
    judge: null,
  });

const long =
  "Photosynthesis is the process by which green plants use sunlight to make sugar from carbon dioxide and water, releasing oxygen into the air around them. It happens in the chloroplasts of the leaves. ";

const opposed: readonly (readonly [string, string])[] = [
  ["It is safe.", "It is not safe."],
  [`${long}Yes.`, `${long}No.`],
  [`${long}It is legal.`, `${long}It is illegal.`],
  [`${long}So increase the dose.`, `${long}So decrease the dose.`],
  [`${long}The capital is Paris.`, `${long}The capital is Rome.`],
  [`${long}Alice beat Bob.`, `${long}Bob beat Alice.`],
  [`${long}It takes a week.`, `${long}It takes a month.`],
  [`${long}Use ls -l.`, `${long}Use ls -a.`],
  [`${long}It is -5.`, `${long}It is 5.`],
  ["-5", "5"],
  ["[1, 2]", "[2, 1]"],
  ["x = !y", "x = y"],
  ["foo.bar", "foo bar"],
  ["/a_b/", "/a b/"],
  ["#1", "1"],
];

Deno.test("answers that say the opposite in nearly the same words do not agree", async () => {
  for (const [a, b] of opposed) {
    for (const embedder of [null, credulous]) {
      expect([a, b, (await verdict(a, b, embedder)).correct]).toEqual([a, b, false]);
      expect([b, a, (await verdict(b, a, embedder)).correct]).toEqual([b, a, false]);
    }
  }
});

Deno.test("what an answer too long to be read says at its end is not taken for the same", async () => {
  const text = "green plants use sunlight to make sugar ".repeat(120);
  expect((await verdict(`${text}so eat it`, `${text}so leave it`, credulous)).correct).toBe(false);
  expect(await verdict(text, text)).toEqual({ correct: true, by: "exact" });
});

Deno.test("emphasis, capitals and the signs around words do not make another answer", async () => {
  const same: readonly (readonly [string, string])[] = [
    ["Yes", "Yes!"],
    ["Yes, indeed.", "yes indeed"],
    ["1. **Buy** eggs", "1. Buy eggs"],
    ["# Title\n\nUse `ls`.", "Title\nUse ls."],
    ['"a", "b"', "a b"],
  ];
  for (const [a, b] of same) {
    expect([a, await verdict(a, b)]).toEqual([a, { correct: true, by: "normalised" }]);
  }
  const answer = `${long}Leaves are green because of it.`;
  expect(await verdict(answer, answer.replace("It happens", "It really happens")))
    .toEqual({ correct: true, by: "words" });
});

Deno.test("texts in another order are told apart without comparing every pair of words", async () => {
  const words = Array.from(
    { length: 380 },
    (_, i) =>
      `w${String.fromCharCode(97 + i % 26)}${String.fromCharCode(97 + Math.floor(i / 26))}x`,
  );
  const text = (list: readonly string[]) => list.join(" and ").slice(0, 3_900);
  expect((await verdict(text(words), text(words.toReversed()))).correct).toBe(false);
});
