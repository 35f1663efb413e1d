import { expect } from "expect";
import type { Message, Part } from "@/core/gateway/message/assemble.ts";
import { inputTokens, outputTokens } from "@/core/event/usage.ts";
import { readAnswer } from "@/core/gateway/formats/read.ts";
import { formats as readers } from "@/core/gateway/formats/table.ts";
import { readMessage } from "@/core/gateway/message/read.ts";
import { AnswerTranslator } from "@/core/gateway/translate/answer_translator.ts";
import { corpusFile, type Exchange, readLines } from "../corpus/corpus.ts";
import { concat, cut, framed, type RecordedStream } from "../corpus/framing.ts";
import type { Format } from "./canonical.ts";
import { seededRandom } from "@/tools/seeded_random.ts";

const exchangesPath = corpusFile("exchanges.jsonl.gz");
const streamsPath = corpusFile("streams.jsonl.gz");
// deno-lint-ignore no-console -- a skipped test must say why
if (!exchangesPath) console.info("tests/translate: the corpus is not present, skipped");

const formats: readonly Format[] = ["openai-chat", "anthropic", "gemini"];

interface Recorded {
  readonly id: string;
  readonly from: Format;
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

function translator(recorded: Recorded, to: Format, asList = false): AnswerTranslator {
  return new AnswerTranslator(recorded, {
    from: recorded.from,
    to,
    stream: recorded.contentType.includes("event-stream"),
    callId: "01TEST",
    model: "asked",
    created: 1_800_000_000,
    streamUsage: true,
    asList,
  });
}

interface Answered {
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

function translated(
  recorded: Recorded,
  to: Format,
  pieces: readonly Uint8Array[],
  asList = false,
): Answered {
  const translating = translator(recorded, to, asList);
  const out = pieces.map((piece) => translating.push(piece)).filter((piece) => piece !== null);
  if (translating.streamType === null) return translating.endWhole();
  const last = translating.endStream();
  if (last) out.push(last);
  return { status: 200, contentType: translating.streamType, bytes: concat(out) };
}

function messageOf(format: Format, body: { bytes: Uint8Array; contentType: string }): Message {
  const message = readMessage(format, body);
  if (!message) throw new Error("No message");
  return message;
}

/** What every format can say of a message. */
function carried(message: Message, formats: readonly Format[]) {
  const joined = (types: readonly Part["type"][]) =>
    message.parts.map((part) => types.includes(part.type) && "text" in part ? part.text : "").join(
      "",
    );
  const { finish } = message;
  return {
    text: joined(["text", "refusal"]),
    reasoning: joined(["reasoning"]),
    calls: message.parts.flatMap((part) => {
      if (part.type !== "tool_call") return [];
      const { id, name, arguments: args } = part;
      return [{ id: id || "made", name, arguments: JSON.parse(args || "{}") }];
    }),
    // A stream may end without a reason, which the others must give.
    finish: reasonIn(finish?.reason ?? (message.complete ? "stop" : ""), formats),
    complete: message.complete,
  };
}

/** Reasons that one of the formats does not tell apart. */
function reasonIn(reason: string, formats: readonly Format[]): string {
  if (reason === "stop_sequence") return "stop";
  if (reason === "pause") return "stop";
  if (reason === "refusal" || reason === "content_filter") return "filtered";
  return formats.length > 0 ? reason : "";
}

function tokens(format: Format, body: { bytes: Uint8Array; contentType: string }) {
  const { usage } = readAnswer(readers[format], body);
  return {
    source: usage.source,
    input: inputTokens(usage.buckets),
    output: outputTokens(usage.buckets),
    cached: usage.buckets.cache_read,
    consistent: usage.consistent,
  };
}

function sameMessage(recorded: Recorded, to: Format, answer: Answered): void {
  const before = messageOf(recorded.from, recorded);
  const after = messageOf(to, answer);
  const [sent, got] = [carried(before, [recorded.from, to]), carried(after, [recorded.from, to])];
  // Where the provider gave no id, one was made.
  const ids = got.calls.map((call, i) =>
    sent.calls[i]?.id === "made" ? { ...call, id: "made" } : call
  );
  expect({ id: recorded.id, to, ...got, calls: ids }).toEqual({ id: recorded.id, to, ...sent });
  const was = tokens(recorded.from, recorded);
  if (was.source === "provider" && was.consistent) {
    expect({ id: recorded.id, to, ...tokens(to, answer) }).toEqual({ id: recorded.id, to, ...was });
  }
}

function unknownPart(recorded: Recorded): string | null {
  const part = messageOf(recorded.from, recorded).parts.find(({ type }) => type === "other");
  return part?.type === "other" ? part.name : null;
}

async function recordedAnswers(): Promise<Recorded[]> {
  const exchanges = await readLines<Exchange>(exchangesPath ?? "");
  const streams = streamsPath ? await readLines<RecordedStream>(streamsPath) : [];
  return [
    ...exchanges.flatMap(({ id, request, response }) => {
      const path = request.path.replace(/\?.*/, "");
      const from: Format | null = /\/chat\/completions$/.test(path)
        ? "openai-chat"
        : /\/messages$/.test(path)
        ? "anthropic"
        : /:(?:stream)?generateContent$/i.test(path)
        ? "gemini"
        : null;
      const bytes = new TextEncoder().encode(response.body);
      const events = /^(event|data):/.test(response.body);
      const contentType = events ? "text/event-stream" : "application/json";
      return from ? [{ id, from, status: response.status, contentType, bytes }] : [];
    }),
    ...streams.flatMap((stream) => {
      const { format, bytes, contentType, values } = framed(stream);
      const from = formats.find((one) => one === format);
      // Another API of the same provider, and recordings of several answers in a row.
      const starts = values.filter((value) =>
        (value as { type?: string }).type === "message_start"
      );
      if (!from || stream.api === "interactions" || starts.length > 1) return [];
      return [{ id: stream.source, from, status: 200, contentType, bytes }];
    }),
  ];
}

Deno.test({
  name: "every recorded answer says the same in the other formats",
  ignore: exchangesPath === null,
  async fn() {
    const counts = new Map<string, { answers: number; refused: Map<string, number> }>();
    for (const recorded of await recordedAnswers()) {
      if (recorded.status >= 400) continue;
      for (const to of formats.filter((format) => format !== recorded.from)) {
        const streamed = recorded.contentType.includes("event-stream");
        const pair = `${recorded.from} → ${to}${streamed ? ", stream" : ""}`;
        const count = counts.get(pair) ?? { answers: 0, refused: new Map() };
        counts.set(pair, count);
        count.answers++;
        const answer = translated(recorded, to, [recorded.bytes]);
        const unknown = unknownPart(recorded);
        if (unknown === null) sameMessage(recorded, to, answer);
        else {
          count.refused.set(unknown, (count.refused.get(unknown) ?? 0) + 1);
          expect(new TextDecoder().decode(answer.bytes)).toContain(unknown);
          expect(messageOf(to, answer)).toMatchObject({ error: expect.anything() });
        }
      }
    }
    const lines = [...counts].map(([pair, { answers, refused }]) =>
      `${pair} | ${answers} | ${[...refused].map(([part, n]) => `${n} × ${part}`).join(", ")}`
    );
    // deno-lint-ignore no-console -- the table is what one runs this test for
    console.info(["formats | answers | refused, by part", ...lines].join("\n"));
  },
});

Deno.test({
  name: "a recorded stream that is cut anywhere gives the same translation, byte for byte",
  ignore: exchangesPath === null,
  async fn() {
    const random = seededRandom(5);
    for (const recorded of await recordedAnswers()) {
      if (!recorded.contentType.includes("event-stream")) continue;
      for (const to of formats.filter((format) => format !== recorded.from)) {
        const whole = translated(recorded, to, [recorded.bytes]).bytes;
        for (let i = 0; i < 10; i++) {
          const answer = translated(recorded, to, cut(recorded.bytes, random));
          expect(answer.bytes).toEqual(whole);
        }
      }
    }
  },
});

Deno.test({
  name: "every recorded error keeps its status and message in the other formats",
  ignore: exchangesPath === null,
  async fn() {
    let errors = 0;
    for (const recorded of await recordedAnswers()) {
      if (recorded.status < 400) continue;
      const before = readAnswer(readers[recorded.from], recorded);
      for (const to of formats.filter((format) => format !== recorded.from)) {
        const answer = translated(recorded, to, [recorded.bytes]);
        expect(answer.status).toBe(recorded.status);
        expect(readAnswer(readers[to], answer).error?.message).toBe(before.error?.message);
        errors++;
      }
    }
    expect(errors).toBeGreaterThan(0);
  },
});

Deno.test({
  name: "a Gemini stream without alt=sse is a JSON list",
  ignore: exchangesPath === null,
  async fn() {
    const recorded = (await recordedAnswers()).find(({ from, contentType }) =>
      from === "openai-chat" && contentType.includes("event-stream")
    );
    if (!recorded) throw new Error("No stream");
    const answer = translated(recorded, "gemini", [recorded.bytes], true);
    expect(answer.contentType).toContain("application/json");
    sameMessage(recorded, "gemini", answer);
  },
});
