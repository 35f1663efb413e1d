import { expect } from "expect";
import type { Message, Part } from "@/core/gateway/message/assemble.ts";
import { readAnswer } from "@/core/gateway/formats/read.ts";
import { formats } from "@/core/gateway/formats/table.ts";
import { MessageReader, readMessage } from "@/core/gateway/message/read.ts";
import { eventually, projectKey, runGateway, runUpstream } from "../gateway/fixture.ts";
import { corpusFile, readLines } from "./corpus.ts";
import { concat, cut, type Framed, framed, type RecordedStream } from "./framing.ts";
import { type RecordedMessage, recordedMessage } from "./recorded_message.ts";
import { seededRandom } from "@/tools/seeded_random.ts";

const path = corpusFile("streams.jsonl.gz");
// deno-lint-ignore no-console -- a skipped test must say why
if (!path) console.info("tests/corpus: streams.jsonl.gz is not present, skipped");

const streams = path ? await readLines<RecordedStream>(path) : [];

function framing({ format, contentType }: Framed): MessageReader {
  return new MessageReader(format, contentType.includes("amazon") ? "aws" : "events");
}

function uncut({ format, bytes, contentType }: Framed): Message {
  const message = readMessage(format, { bytes, contentType });
  if (!message) throw new Error("No message");
  return message;
}

/** What the two readings have in common. */
function outline({ parts }: Message): RecordedMessage {
  const joined = (type: Part["type"]) =>
    parts.map((part) => part.type === type && "text" in part ? part.text : "").join("");
  return {
    text: joined("text"),
    reasoning: joined("reasoning"),
    calls: parts.flatMap((part) => {
      if (part.type !== "tool_call") return [];
      const { id, name, arguments: args } = part;
      return [{ id, name, arguments: parsed(args) }];
    }),
  };
}

function parsed(args: string): unknown {
  try {
    return args === "" ? {} : JSON.parse(args);
  } catch {
    return args;
  }
}

Deno.test({
  name: "every recorded stream gives the message of its whole form",
  ignore: path === null,
  fn() {
    for (const stream of streams) {
      const whole = framed(stream);
      const expected = recordedMessage(whole.values);
      expect({ source: stream.source, ...outline(uncut(whole)) })
        .toEqual({ source: stream.source, ...expected });
    }
  },
});

Deno.test({
  name: "every recorded stream gives the same message for 100 random cuts, and byte by byte",
  ignore: path === null,
  fn() {
    const random = seededRandom(79);
    let cuts = 0;
    for (const stream of streams) {
      const whole = framed(stream);
      const expected = uncut(whole);
      const byBytes = Array.from(whole.bytes, (byte) => Uint8Array.of(byte));
      const cuttings = [byBytes, ...Array.from({ length: 100 }, () => cut(whole.bytes, random))];
      for (const pieces of cuttings) {
        const reader = framing(whole);
        for (const piece of pieces) reader.push(piece);
        expect(reader.end()).toEqual(expected);
        cuts++;
      }
    }
    expect(cuts).toBe(streams.length * 101);
    // deno-lint-ignore no-console -- the figure is what one runs this test for
    console.info(`${streams.length} streams, ${cuts} cuttings, all the same message`);
  },
});

Deno.test({
  name: "every recorded stream, cut at random, is captured whole by the gateway",
  ignore: path === null,
  async fn() {
    const random = seededRandom(97);
    let serving = framed(streams[0] ?? { source: "", provider: "", api: "", chunks: [] });
    await using upstream = await runUpstream(async (_, response) => {
      response.writeHead(200, { "content-type": serving.contentType });
      for (const piece of cut(serving.bytes, random)) {
        // A write of its own is a piece of its own, unless the network joins them.
        if (!response.write(piece)) await new Promise((resolve) => response.once("drain", resolve));
      }
      response.end();
    });
    const names = ["openai", "anthropic", "google", "bedrock", "cohere"];
    await using running = runGateway({
      upstreams: Object.fromEntries(names.map((name) => [name, upstream.url])),
      providerKeys: Object.fromEntries(names.map((name) => [name, "provider-key"])),
    });
    for (const [i, stream] of streams.entries()) {
      serving = framed(stream);
      const answer = await fetch(`${running.url}${serving.path}`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-watchllm-key": projectKey },
        body: JSON.stringify({ model: "m", stream: true, stream_options: { include_usage: true } }),
      });
      const bytes = concat([new Uint8Array(await answer.arrayBuffer())]);
      expect(bytes.length).toBe(serving.bytes.length);
      await eventually(() => running.log.records.length === i + 1, "the event");
      const kept = running.log.records[i]?.payloads.response;
      if (!kept) throw new Error(`No answer was kept of ${stream.source}`);
      const { contentType, format } = serving;
      expect(readMessage(format, { bytes: kept.bytes, contentType })).toEqual(uncut(serving));
    }
  },
});

Deno.test({
  name: "every recorded stream says the same of itself when its text is passed over",
  ignore: path === null,
  fn() {
    for (const stream of streams) {
      const { format, bytes, contentType } = framed(stream);
      const seeing = readAnswer(formats[format], { bytes, contentType });
      const passing = readAnswer(formats[format], { bytes, contentType }, { text: false });
      expect({ source: stream.source, ...passing })
        .toEqual({ source: stream.source, ...seeing, text: "" });
    }
  },
});
