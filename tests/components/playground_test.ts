/** What the playground makes of requests and answers, whatever wire format they have. */
import { expect } from "expect";
import fc from "fast-check";
import { answerReader } from "@/components/playground/answer_text.ts";
import { type Body, bodyOf, changed, turnsOf, valueAt } from "@/components/playground/body.ts";
import { settingPlaces } from "@/components/playground/settings_of.ts";
import { wordDiff } from "@/components/playground/word_diff.ts";

const texts = (body: Body) => turnsOf(body).flatMap(({ places }) => places.map(({ text }) => text));

Deno.test("texts of all wire formats are found where they stand, and change there alone", () => {
  const bodies: readonly Body[] = [
    { messages: [{ role: "system", content: "A" }, { role: "user", content: "B" }] },
    {
      system: [{ type: "text", text: "A", cache_control: { type: "ephemeral" } }],
      messages: [{ role: "user", content: [{ type: "text", text: "B" }, { type: "image" }] }],
    },
    { instructions: "A", input: [{ role: "user", content: [{ type: "input_text", text: "B" }] }] },
    {
      systemInstruction: { parts: [{ text: "A" }] },
      contents: [{ role: "user", parts: [{ inlineData: {} }, { text: "B" }] }],
    },
    { input: ["A", "B"], model: "text-embedding-3-small" },
  ];
  for (const body of bodies) {
    expect(texts(body)).toEqual(["A", "B"]);
    const place = turnsOf(body)[1]?.places[0];
    const next = changed(body, place?.path ?? [], "C");
    expect(texts(next)).toEqual(["A", "C"]);
    expect(changed(next, place?.path ?? [], "B")).toEqual(body);
  }
  expect(texts({ input: "A" })).toEqual(["A"]);
  expect(texts({ prompt: "A" })).toEqual(["A"]);
});

Deno.test("parts that are no text are counted, and a message can be taken away", () => {
  const body = {
    messages: [
      { role: "assistant", content: null, tool_calls: [{ id: "1" }, { id: "2" }] },
      { role: "user", content: [{ type: "image_url" }, { type: "text", text: "B" }] },
    ],
  };
  expect(turnsOf(body).map(({ others }) => others)).toEqual([2, 1]);
  expect(texts(changed(body, ["messages", 0], undefined))).toEqual(["B"]);
});

Deno.test("a setting goes where its format has it, and away without leaving a trace", () => {
  const places = (path: string, body: Body) => settingPlaces(path, body).mostTokens;
  expect(places("/v1/chat/completions", { messages: [] })).toEqual(["max_completion_tokens"]);
  expect(places("/v1/chat/completions", { messages: [], max_tokens: 9 })).toEqual(["max_tokens"]);
  expect(places("/v1/messages", { messages: [] })).toEqual(["max_tokens"]);
  expect(places("/v1/responses", { input: "A" })).toEqual(["max_output_tokens"]);
  expect(places("/v1/embeddings", { input: "A" })).toBe(null);
  const gemini: Body = { contents: [] };
  const [path] = [settingPlaces("/v1beta/models/g:generateContent", gemini).temperature ?? []];
  const warm = changed(gemini, path, 0.5);
  expect(warm).toEqual({ contents: [], generationConfig: { temperature: 0.5 } });
  expect(valueAt(changed(warm, path, undefined), path)).toBe(undefined);
});

Deno.test("what is no JSON object has no fields", () => {
  for (const text of ["", "{", "[]", "1", "null", '"a"']) expect(bodyOf(text)).toBe(null);
});

const events = (values: readonly unknown[]) =>
  values.map((value) => `event: x\ndata: ${JSON.stringify(value)}\n\n`).join("") +
  "data: [DONE]\n\n";

Deno.test("an answer's text is read in every format, whole and streamed in any pieces", () => {
  const whole: readonly unknown[] = [
    { choices: [{ message: { role: "assistant", content: "It is late." } }] },
    {
      type: "message",
      content: [{ type: "thinking", thinking: "?" }, { type: "text", text: "It is late." }],
    },
    {
      output: [{ type: "message", content: [{ type: "output_text", text: "It is late." }] }],
      error: null,
    },
    { candidates: [{ content: { parts: [{ text: "It is " }, { text: "late." }] } }] },
    { message: { role: "assistant", content: [{ type: "text", text: "It is late." }] } },
    { choices: [{ text: "It is late." }] },
  ];
  for (const answer of whole) {
    const reader = answerReader(false);
    reader.push(JSON.stringify(answer));
    expect(reader.end()).toEqual({ text: "It is late.", problem: null });
  }
  const streams: readonly (readonly unknown[])[] = [
    [{ choices: [{ delta: { role: "assistant", content: "" } }] }, {
      choices: [{ delta: { content: "It is " } }],
    }, {
      choices: [{ delta: { content: "late." } }],
    }, { choices: [], usage: {} }],
    [
      { type: "message_start", message: { content: [] } },
      { type: "content_block_start", content_block: { type: "text", text: "" } },
      { type: "content_block_delta", delta: { type: "text_delta", text: "It is " } },
      { type: "content_block_delta", delta: { type: "text_delta", text: "late." } },
      { type: "message_delta", delta: { stop_reason: "end_turn" } },
    ],
    [
      { type: "response.created", response: { output: [] } },
      { type: "response.output_text.delta", delta: "It is " },
      { type: "response.output_text.delta", delta: "late." },
      { type: "response.output_text.done", text: "It is late." },
      {
        type: "response.completed",
        response: { output: [{ content: [{ text: "It is late." }] }] },
      },
    ],
    [
      { candidates: [{ content: { parts: [{ text: "It is " }] } }] },
      { candidates: [{ content: { parts: [{ text: "late." }] } }] },
    ],
  ];
  for (const stream of streams) {
    const text = events(stream);
    fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), (size) => {
      const reader = answerReader(true);
      for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size));
      expect(reader.end()).toEqual({ text: "It is late.", problem: null });
    }));
  }
});

Deno.test("an error is told in its own words, in the middle of a stream too", () => {
  const told = (body: unknown) => {
    const reader = answerReader(false);
    reader.push(JSON.stringify(body));
    return reader.end().problem;
  };
  expect(told({ error: { message: "Slow down", code: "rate_limit" } })).toBe(
    "Slow down (rate_limit)",
  );
  expect(told({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }))
    .toBe("Overloaded (overloaded_error)");
  expect(told([{ error: { message: "Quota", status: "RESOURCE_EXHAUSTED" } }]))
    .toBe("Quota (RESOURCE_EXHAUSTED)");
  expect(told({ error: "no such model" })).toBe("no such model");
  expect(told({ message: "invalid api token" })).toBe("invalid api token");
  const reader = answerReader(true);
  reader.push(
    events([{ choices: [{ delta: { content: "It" } }] }, { error: { message: "Gone" } }]),
  );
  expect(reader.end()).toEqual({ text: "It", problem: "Gone" });
});

Deno.test("a comparison of words gives back both texts", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c ", " ", "\n", "é", ".", "word")).map((all) =>
    all.join("")
  );
  fc.assert(fc.property(text, text, (before, after) => {
    const pieces = wordDiff(before, after) ?? [];
    const side = (which: "before" | "after") =>
      pieces.filter(({ side }) => side === "both" || side === which).map(({ text }) => text).join(
        "",
      );
    expect([side("before"), side("after")]).toEqual([before, after]);
    expect(pieces.some(({ side }) => side !== "both")).toBe(before !== after);
  }));
});

Deno.test("texts that are too long to be compared are not", () => {
  const long = (word: string) => `${word} `.repeat(5_000);
  expect(wordDiff(long("a"), long("b"))).toBe(null);
  expect(wordDiff(long("a"), long("a"))?.length).toBe(1);
});
