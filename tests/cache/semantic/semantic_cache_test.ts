import { expect } from "expect";
import type { SemanticExplanation } from "@/core/cache/semantic/contract.ts";
import { freshPolicy, learn } from "@/core/cache/semantic/policy/policy.ts";
import { judged, policiesOn } from "./policies.ts";
import { request, type Setting, settings, withCache } from "./setting.ts";

const question = "How do I reset my password?";
const paraphrase = "How can I reset my password?";

/** Teaches the question's partition enough to serve. */
async function earn({ cache, ask, kv }: Setting, times = 200): Promise<string> {
  const { lookup } = await ask(request(question), "Use the link.");
  const { partition } = lookup.explain;
  if (partition === null) throw new Error("no partition");
  const policies = policiesOn(kv);
  const judgement = judged(partition, { error_target: settings.errorTarget });
  for (let n = 0; n < times; n++) await policies.learn("p1", judgement);
  expect((await cache.standing("p1"))[0]?.threshold).not.toBeNull();
  return partition;
}

Deno.test("a first question is a miss that says so, and is stored", () =>
  withCache(async ({ ask, cache }) => {
    const { lookup, settled } = await ask(request(question), "Use the link.");
    expect(lookup).toMatchObject({
      kind: "call",
      verifying: false,
      explain: { entries: 0, candidates: [] },
    });
    expect(settled).toEqual({ stored: true, outcome: null, policyChange: null, problem: null });
    expect((await cache.lookup(request(paraphrase))).explain.entries).toBe(1);
  }));

Deno.test("serve mode does not serve before it is earned; the would-be hit is compared instead", () =>
  withCache(async ({ ask }) => {
    await ask(request(question), "Use the link.");
    const { lookup, settled } = await ask(request(paraphrase), "use the  link");
    expect(lookup.kind).toBe("call");
    expect(settled?.outcome).toMatchObject({ correct: true, by: "normalised" });
    const { settled: other } = await ask(
      request("How should I reset my password?"),
      "Ask support to do it.",
    );
    expect(other?.outcome).toMatchObject({ correct: false, by: "words" });
  }));

Deno.test("once earned, a paraphrase is served with the stored answer's name", () =>
  withCache(async (setting) => {
    await earn(setting);
    const lookup = await setting.cache.lookup(request(paraphrase));
    expect(lookup).toMatchObject({
      kind: "serve",
      answerRef: "answer-0",
      explain: { errorTarget: 0.05 },
    });
  }));

Deno.test("shadow mode compares and never serves, however much was earned", () =>
  withCache(async (setting) => {
    await earn(setting);
    const shadow = request(paraphrase, { settings: { ...settings, mode: "shadow" } });
    const { lookup, settled } = await setting.ask(shadow, "Use the link.");
    expect(lookup.kind).toBe("call");
    expect(settled?.outcome).toMatchObject({ correct: true, by: "exact" });
  }));

Deno.test("a sample of servable hits is verified at the provider", () =>
  withCache(async (setting) => {
    await earn(setting);
    setting.chance = 0;
    const { lookup, settled } = await setting.ask(request(paraphrase), "Use the link.");
    expect(lookup).toMatchObject({ kind: "call", verifying: true });
    expect(settled?.outcome?.correct).toBe(true);
  }));

Deno.test("verified hits that turn out wrong demote the partition", () =>
  withCache(async (setting) => {
    await earn(setting);
    setting.chance = 0;
    const changes: (string | null)[] = [];
    for (let n = 0; n < 10; n++) {
      const lookup = await setting.cache.lookup(request(paraphrase));
      if (lookup.kind !== "call" || !lookup.verifying) break;
      const text = `It is entirely different now, number ${n}.`;
      changes.push(
        (await setting.cache.settle({ ...lookup.ticket }, { answerRef: "answer-0", text }))
          .policyChange,
      );
      await setting.cache.forget("p1", lookup.ticket.scope.partition, "none");
    }
    expect(changes.at(-1)).toBe("demoted");
    setting.chance = 0.5;
    expect((await setting.cache.lookup(request(paraphrase))).kind).toBe("call");
  }));

Deno.test("a guard's veto keeps a similar question from being served, and names itself", () =>
  withCache(async ({ ask, cache }) => {
    await ask(request("Where is my order 48213 now?"), "In Bonn.");
    const { explain } = await cache.lookup(request("Where is my order 48231 now?"));
    expect(explain.candidates[0]?.vetoes).toEqual([{
      guard: "numbers",
      query: "48231",
      entry: "48213",
    }]);
    expect(explain.reason).toContain("numbers");
  }));

const elsewhere: readonly (readonly [string, Parameters<typeof request>[1]])[] = [
  ["another project", { projectId: "p2" }],
  ["another model", { model: "gpt-4o" }],
  ["another API version", { variant: { "anthropic-version": "2" } }],
  ["another system prompt", {
    body: {
      messages: [{ role: "system", content: "Be rude." }, { role: "user", content: paraphrase }],
    },
  }],
];
for (const [what, over] of elsewhere) {
  Deno.test(`an answer is never offered to ${what}`, () =>
    withCache(async (setting) => {
      await earn(setting);
      const { kind, explain } = await setting.cache.lookup(request(paraphrase, over));
      expect({ kind, candidates: explain.candidates }).toEqual({ kind: "call", candidates: [] });
    }));
}

Deno.test("what is off, marked, or of no known form takes no part, and says why", () =>
  withCache(async ({ cache }) => {
    const why = async (over: Parameters<typeof request>[1]) => {
      const lookup = await cache.lookup(request(question, over));
      return lookup.kind === "ineligible" ? lookup.why : lookup.kind;
    };
    expect(await why({ settings: { ...settings, mode: "off" } })).toBe("mode_off");
    expect(await why({ markedPii: true })).toBe("marked_pii");
    expect(await why({ body: { model: "m" } })).toBe("unknown_format");
    const allow = { ...settings.allow, markedPii: true };
    expect(await why({ markedPii: true, settings: { ...settings, allow } })).toBe("call");
  }));

Deno.test("an expired entry is not served, even when the store still has it", () =>
  withCache(async (setting) => {
    await earn(setting);
    setting.clock += settings.ttlMs + 1;
    expect((await setting.cache.lookup(request(paraphrase))).kind).toBe("call");
  }));

Deno.test("what one process stores another finds, and what one removes another does not serve", () =>
  withCache(async (setting) => {
    const other = setting.second();
    const partition = await earn(setting);
    const found = await other.lookup(request(paraphrase));
    expect(found.kind).toBe("serve");
    await setting.cache.forget("p1", partition, found.kind === "serve" ? found.entryId : "");
    expect((await other.lookup(request(paraphrase))).kind).toBe("call");
  }));

Deno.test("the same question asked again replaces its entry", () =>
  withCache(async ({ ask, cache }) => {
    await ask(request(question), "One.");
    await ask(request(question), "Two.");
    const { explain } = await cache.lookup(request(question));
    expect(explain.entries).toBe(1);
  }));

Deno.test("clear() removes a project's entries and nobody else's, and keeps what was learnt", () =>
  withCache(async (setting) => {
    await earn(setting);
    await setting.ask(request(question, { projectId: "p2" }), "Theirs.");
    expect(await setting.cache.clear("p1")).toBe(1);
    expect((await setting.cache.lookup(request(paraphrase))).explain.entries).toBe(0);
    expect((await setting.cache.lookup(request(paraphrase, { projectId: "p2" }))).explain.entries)
      .toBe(1);
    expect(await setting.cache.standing("p1")).toHaveLength(1);
  }));

Deno.test("feedback that a hit was wrong evicts the entry and counts", () =>
  withCache(async (setting) => {
    await earn(setting);
    const lookup = await setting.cache.lookup(request(paraphrase));
    if (lookup.kind !== "serve") throw new Error(lookup.kind);
    const { outcome } = await setting.cache.feedback(lookup.ticket, lookup.entryId, false);
    expect(outcome).toMatchObject({ correct: false, by: "feedback" });
    expect((await setting.cache.lookup(request(paraphrase))).kind).toBe("call");
    expect((await setting.cache.standing("p1"))[0]?.wrong).toBe(1);
  }));

Deno.test("a store that fails is a bypass with the reason, and settling reports it", () =>
  withCache(async ({ kv, second }) => {
    const broken = new Proxy(kv, {
      get: (target, name) => {
        if (name === "get" || name === "list" || name === "atomic") {
          return () => {
            throw new TypeError("no store");
          };
        }
        return Reflect.get(target, name);
      },
    });
    const cache = second({ kv: broken });
    expect(await cache.lookup(request(question))).toMatchObject({
      kind: "bypass",
      why: "semantic_TypeError",
    });
    const ticket = {
      scope: { projectId: "p1", partition: "x" },
      embedder: "e",
      turn: question,
      wouldHit: null,
      verifying: false,
      settings,
    };
    expect(await cache.settle(ticket, { answerRef: "a", text: "b" }))
      .toMatchObject({ stored: false, problem: "store: TypeError" });
  }));

Deno.test("an embedder that fails is a bypass", () =>
  withCache(async ({ cache }) => {
    expect((await cache.lookup(request(question))).kind).toBe("bypass");
  }, { embedder: { identity: "x", embed: () => Promise.reject(new Error("down")) } }));

Deno.test("with an embedder, vectors decide and guards still veto", () =>
  withCache(async ({ ask, cache }) => {
    await ask(request("Where is order 48213?"), "In Bonn.");
    const { explain } = await cache.lookup(request("Where is order 48231?"));
    expect(explain.candidates[0]).toMatchObject({ similarity: 1, vetoes: [{ guard: "numbers" }] });
    const { settled } = await ask(request("Where is the order 48213?"), "In Bonn!!");
    expect(settled?.outcome).toMatchObject({ similarity: 1, correct: true, by: "normalised" });
  }, {
    embedder: {
      identity: "constant",
      embed: (texts) => Promise.resolve(texts.map(() => Float32Array.of(1, 0))),
    },
  }));

Deno.test("a judge decides where answers differ in wording", () =>
  withCache(async ({ ask }) => {
    await ask(request(question), "Use the link in the mail.");
    const { settled } = await ask(request(paraphrase), "Open the mail; there is a link.");
    expect(settled?.outcome).toMatchObject({ correct: true, by: "judge" });
  }, { judge: { agree: () => Promise.resolve(true) } }));

Deno.test("the original's normaliser made one of two dates, and of ids and sums; none of these are ever a hit", () =>
  withCache(async ({ ask, cache }) => {
    const pairs: readonly (readonly [string, string])[] = [
      ["What happened on 2024/05/01?", "What happened on 2024÷05÷01?"],
      ["Where is part ABC-12 stored?", "Where is part ABC−12 stored at −12?"],
      ["What is 6/2?", "What is 6-2?"],
      ["How do I add to 5?", "How do I + 5?"],
    ];
    for (const [a, b] of pairs) {
      await ask(request(a), "x");
      const { explain } = await cache.lookup(request(b));
      const hits = explain.candidates.filter((one) =>
        one.vetoes.length === 0 && one.similarity >= 0.8
      );
      expect({ b, hits }).toEqual({ b, hits: [] });
    }
  }));

Deno.test("outcomes learnt by several processes at once are all counted", () =>
  withCache(async ({ kv }) => {
    const stores = [
      policiesOn(kv),
      policiesOn(kv),
      policiesOn(kv),
    ];
    await Promise.all(stores.map(async (store) => {
      for (let n = 0; n < 20; n++) await store.learn("p", judged("x"));
    }));
    expect(
      (await policiesOn(kv).read("p", "x", 0.05)).tallies[0]?.cases,
    ).toBe(60);
  }));

Deno.test("a damaged policy is no policy: the partition is in shadow again", () =>
  withCache(async ({ kv }) => {
    await kv.set(["cache", "semantic_policy", "p", "x"], { state: { threshold: 0.1 } });
    expect(await policiesOn(kv).read("p", "x", 0.05)).toEqual(
      freshPolicy,
    );
    expect(
      learn(freshPolicy, { similarity: 1, correct: true, from: "shadow" }, 0.05).state.threshold,
    ).toBeNull();
  }));

Deno.test("an explanation holds no question", () =>
  withCache(async ({ ask, cache }) => {
    await ask(request(question), "Use the link.");
    const { explain }: { explain: SemanticExplanation } = await cache.lookup(request(paraphrase));
    expect(JSON.stringify(explain)).not.toContain("password");
  }));
