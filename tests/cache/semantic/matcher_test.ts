import { expect } from "expect";
import { createMatcher } from "@/core/cache/semantic/matcher/matcher.ts";
import { isWouldBeHit } from "@/core/cache/semantic/policy/policy.ts";
import { readQuestion } from "@/core/cache/semantic/text/question.ts";

const matcher = createMatcher();
const score = (a: string, b: string) => matcher.score(readQuestion(a), readQuestion(b));

Deno.test("in a text of several sentences one word is not lost among many", () => {
  const ask = (question: string) =>
    `${question} Please explain it in simple words and give an example that a beginner can follow at home.`;
  const others: readonly (readonly [string, string])[] = [
    ["Can women drink coffee?", "Can pregnant women drink coffee?"],
    ["What is my balance?", "What is your balance?"],
    ["Who is the president?", "Who was the president?"],
    ["How do I get rid of one pimple?", "How do I get rid of many pimples?"],
    ["How do I make a website?", "How do I make an app?"],
    ["How do I sum a column in Excel?", "How do I average a column in Excel?"],
    ["What is the meaning of TRUE and FALSE?", "What is the meaning of TRUE or FALSE?"],
  ];
  for (const [a, b] of others) {
    expect([a, isWouldBeHit(score(ask(a), ask(b)))]).toEqual([a, false]);
    expect([b, isWouldBeHit(score(ask(b), ask(a)))]).toEqual([b, false]);
  }
  const one = ask("How do I reset my password?");
  expect(isWouldBeHit(score(one, one.replace("simple", "the simple").replace("Please e", "E"))))
    .toBe(true);
});
