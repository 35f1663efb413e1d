import { expect } from "expect";
import { guards, vetoesOf } from "@/core/cache/semantic/guards/guards.ts";
import { readQuestion } from "@/core/cache/semantic/text/question.ts";

const namesOf = (a: string, b: string) =>
  vetoesOf(readQuestion(a), readQuestion(b)).map((veto) => veto.guard);

/** For each guard: pairs that it must veto. */
const vetoed: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  numbers: [
    ["Where is order 48213?", "Where is order 48231?"],
    ["How much is 1+2?", "How much is 1/2+1/2?"],
    ["How do I feed two cats?", "How do I feed three cats?"],
    ["Is 1,500 calories enough?", "Is 2,500 calories enough?"],
    ["Who lives in the seventeen old mills?", "Who lives in the nineteen old mills?"],
    ["What does the eighth rule say?", "What does the ninth rule say?"],
    ["What did they wear in the seventies?", "What did they wear in the eighties?"],
  ],
  dates: [
    ["What are the holidays this year?", "What are the holidays next year?"],
    ["What did we sell last month?", "What did we sell this month?"],
    ["Is it open at 5 am?", "Is it open at 5 p.m.?"],
    ["What happened on 2024/05/01?", "What happened on 2024/01/05?"],
    ["Is the office open on Monday?", "Is the office open on Sunday?"],
    ["Is it open in March?", "Is it open in April?"],
  ],
  units: [
    ["How long is 5 km?", "How long is 5 miles?"],
    ["How much is 5 Mb?", "How much is 5 MB?"],
    ["Can I learn it in a week?", "Can I learn it in a month?"],
  ],
  identifiers: [
    ["How do I return ABC-12?", "How do I return ABC-13?"],
    ["What are directives in C?", "What are directives in C++?"],
    ["What does foo_bar() return?", "What does foo_baz() return?"],
    ["Where is the manual of node.js?", "Where is the manual of node.py?"],
    ["How do I subtract A from B?", "How do I subtract B from A?"],
  ],
  code: [
    ["What does x mean?", "What does !x mean?"],
    ["What does i++ do?", "What does ++i do?"],
    ["What does rm -r do?", "What does rm -f do?"],
    ["What does a => b mean?", "What does a ^ b mean?"],
    ["What is π?", "What is ∞+π?"],
  ],
  brackets: [[
    "What is the difference between () and [] here?",
    "What is the difference between {} and [] here?",
  ]],
  language: [["What does 日本 mean?", "What does 中国 mean?"]],
  quotation: [
    ['How do I use "sort of" in a letter?', 'How do I use "kind of" in a letter?'],
    ['Does "less" come before "more"?', 'Does "more" come before "less"?'],
  ],
  negation: [
    ["Is this drug safe with alcohol?", "Is this drug not safe with alcohol?"],
    ["What can I do at home but not at work?", "What can I not do at home but at work?"],
    ["Ist das erlaubt?", "Ist das nicht erlaubt?"],
    ["C'est permis ?", "Ce n'est pas permis ?"],
  ],
  opposites: [
    ["How do I increase the limit?", "How do I decrease the limit?"],
    ["Why am I so boring at parties?", "Why am I so bored at parties?"],
    ["Is the result satisfying?", "Is the user satisfied?"],
    ["How do I upgrade to Mojave?", "How do I upgrade from Mojave?"],
    ["What does the employer pay?", "What does the employee pay?"],
    ["Which fruits have few calories?", "Which fruits have many calories?"],
    ["How do I read a file?", "How do I write a file?"],
    ["How do I move to Canada?", "How do I move out of Canada?"],
    ["Are all birds able to fly?", "Are some birds able to fly?"],
    ["What is true and false?", "What is true or false?"],
  ],
  prefixes: [
    ["How do I install Docker?", "How do I reinstall Docker?"],
    ["How do I mount a drive?", "How do I unmount a drive?"],
    ["What are reversible reactions?", "What are irreversible reactions?"],
    ["Which drugs are addictive?", "Which drugs are nonaddictive?"],
    ["How many millimeters are in a foot?", "How many centimeters are in a foot?"],
    ["Wie installiere ich Python?", "Wie deinstalliere ich Python?"],
  ],
  casing: [
    ["What is turkey?", "What is Turkey?"],
    ["Which aids are there?", "Which AIDS are there?"],
    ["What do US citizens eat?", "What do us citizens eat?"],
  ],
  entities: [
    ["How do I get from here to Austria?", "How do I get from here to Australia?"],
    ["What is the best cafe in paris?", "What is the best cafe in london?"],
  ],
  asking: [["Why do cats purr?", "How do cats purr?"], [
    "When was it founded?",
    "Where was it founded?",
  ], [
    "How tall is Mount Everest?",
    "How old is Mount Everest?",
  ], [
    "How often do elections happen?",
    "How do elections happen?",
  ], [
    "What does the parking committee do?",
    "What is the parking committee?",
  ], [
    "What is best for my skin?",
    "What soap is best for my skin?",
  ], [
    "What instrument should I play?",
    "How should I play an instrument?",
  ], [
    "I write for our newsletter. Can I delete my account?",
    "I write for our newsletter. How can I delete my account?",
  ]],
  order: [
    ["What do Danes think of Swedes?", "What do Swedes think of Danes?"],
    ["How do you convert amber to copper?", "How do you convert copper to amber?"],
    ["Which secret cats keep from dogs?", "Which secrets dogs keep from cats?"],
    ["Who is Paul Simon?", "Who is Simon Paul?"],
    ["How do I turn an admin into a user?", "How do I turn a user into an admin?"],
    ["Are all squares rectangles?", "Are all rectangles squares?"],
  ],
  reference: [["Is this paragraph well written?", "Is the following paragraph well written?"]],
  tense: [
    ["Who won the cup?", "Who will win the cup?"],
    ["Who is on call?", "Who was on call?"],
  ],
  people: [
    ["How can I read my messages?", "How can I read someone else's messages?"],
    ["Does he know it?", "Does she know it?"],
    ["Is that my name?", "Is that his name?"],
    ["What is my number?", "What is your number?"],
    ["Can I read my mail on my phone?", "Can I read somebody mail on my phone?"],
    ["What is the best soup you have eaten?", "What is the best soup to eat?"],
  ],
  prepositions: [
    ["How do I write on page titles?", "How do I write off page titles?"],
    ["Show flights from Boston to Denver", "Show flights to Boston from Denver"],
    ["Increase the budget by 5%", "Increase the budget to 5%"],
    ["Did only Bob eat the cake?", "Did Bob eat only the cake?"],
  ],
  manner: [["What is the fastest way to travel?", "What is the cheapest way to travel?"]],
  parts: [["Which is the best phone?", "Which is the best phone? Why?"]],
};

for (const guard of guards) {
  Deno.test(`the guard ${guard.name} wants ${guard.says}`, () => {
    const cases = vetoed[guard.name] ?? [];
    expect(cases.length).toBeGreaterThan(0);
    for (const [a, b] of cases) {
      expect({ a, b, names: namesOf(a, b) }).toEqual({
        a,
        b,
        names: expect.arrayContaining([guard.name]),
      });
      expect(namesOf(b, a)).toContain(guard.name);
    }
  });
}

Deno.test("no guard objects to the same question in other words", () => {
  const same: readonly (readonly [string, string])[] = [
    ["How do I reset my password?", "How can I reset my password?"],
    ["What's the best way to learn Go?", "What is the best way to learn Go?"],
    [
      "What is the difference between Perl and Lua?",
      "What is the difference between Lua and Perl?",
    ],
    ["How do I feed 2 cats?", "How do I feed two cats?"],
    ["Is 1,500 calories enough?", "Is 1500 calories enough?"],
    ["Can't I return a used item?", "Can I not return a used item?"],
    ["what colour is the sky", "What color is the sky?"],
    ["How big is the moon?", "How large is the moon?"],
    ["How do I get from Rome to Paris?", "How can I get from Rome to Paris?"],
    ["how do i learn python", "How do I learn Python?"],
    ["How do I recover from a cold?", "What is the best way to recover from a cold?"],
    ["What happened last year?", "What happened in the previous year?"],
  ];
  for (const [a, b] of same) expect({ a, names: namesOf(a, b) }).toEqual({ a, names: [] });
});

Deno.test("a question is never vetoed against itself", () => {
  for (const [a] of Object.values(vetoed).flat()) expect(namesOf(a, a)).toEqual([]);
});

Deno.test("a veto shows what it saw on either side", () => {
  const [veto] = vetoesOf(
    readQuestion("Where is order 48213?"),
    readQuestion("Where is order 48231?"),
  );
  expect(veto).toEqual({ guard: "numbers", query: "48213", entry: "48231" });
});
