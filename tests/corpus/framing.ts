/**
 * Recorded chunks as the bytes that their provider sends: server-sent events in each one's manner, or
 * AWS frames.
 *
 * @module
 */
import type { FormatName } from "@/core/gateway/formats/format.ts";
import { event } from "@/tests/providers/aws_frames.ts";

export interface RecordedStream {
  readonly source: string;
  readonly provider: string;
  readonly api: string;
  readonly chunks: readonly string[];
}

export interface Framed {
  readonly format: FormatName;
  /** The gateway's path of such a call. */
  readonly path: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly values: readonly unknown[];
}

const encoder = new TextEncoder();

interface Manner {
  readonly format: FormatName;
  readonly path: string;
  readonly event: (data: string, type: string) => string;
  readonly last?: string;
}

const plain = (data: string) => `data: ${data}\n\n`;
const named = (data: string, type: string) => `event: ${type}\ndata: ${data}\n\n`;
const manners: Readonly<Record<string, Manner>> = {
  chat: {
    format: "openai-chat",
    path: "/proxy/openai/v1/chat/completions",
    event: plain,
    last: "data: [DONE]\n\n",
  },
  responses: { format: "openai-responses", path: "/proxy/openai/v1/responses", event: named },
  anthropic: { format: "anthropic", path: "/proxy/anthropic/v1/messages", event: named },
  gemini: {
    format: "gemini",
    path: "/proxy/google/v1beta/models/gemini:streamGenerateContent?alt=sse",
    // Google ends its lines as HTTP does.
    event: (data) => `data: ${data}\r\n\r\n`,
  },
  interactions: {
    format: "gemini",
    path: "/proxy/google/v1beta/models/gemini:streamGenerateContent?alt=sse",
    event: named,
  },
  cohere: { format: "cohere", path: "/proxy/cohere/v2/chat", event: named },
};

/** Pings and comments stand between events, as they do in practice. */
export function framed({ chunks, provider, api }: RecordedStream): Framed {
  const lines = chunks.flatMap(whole);
  const values = lines.map((line) => JSON.parse(line));
  if (provider === "amazon-bedrock") {
    return {
      format: "bedrock-converse",
      path: "/proxy/bedrock/model/m/converse-stream",
      contentType: "application/vnd.amazon.eventstream",
      bytes: concat(values.map(awsFrame)),
      values,
    };
  }
  const manner = mannerOf(provider, api, values[0]);
  const events = lines.map((line, i) => {
    const type = values[i].type ?? values[i].event_type ?? "message";
    return manner.event(line, type) + (i % 50 === 7 ? ": ping\n\n" : "");
  });
  return {
    format: manner.format,
    path: manner.path,
    contentType: "text/event-stream",
    bytes: encoder.encode(events.join("") + (manner.last ?? "")),
    values,
  };
}

/** A recorded line may hold two values that were printed on one. */
function whole(line: string): string[] {
  try {
    JSON.parse(line);
    return [line];
  } catch {
    return line.split(/(?<=\})\s*(?=\{"type")/).filter((part) => {
      try {
        return JSON.parse(part) !== null;
      } catch {
        return false;
      }
    });
  }
}

function mannerOf(provider: string, api: string, first: Record<string, unknown>): Manner {
  const name = api === "interactions"
    ? "interactions"
    : typeof first?.type === "string" && /^(response|session)\./.test(first.type)
    ? "responses"
    : { anthropic: "anthropic", google: "gemini", cohere: "cohere" }[provider] ?? "chat";
  const manner = manners[name];
  if (!manner) throw new Error(`No manner of ${provider}`);
  return manner;
}

/** A frame of AWS's event stream. */
function awsFrame(value: Record<string, unknown>): Uint8Array {
  const [type = "", payload] = Object.entries(value)[0] ?? [];
  return event(type, payload);
}

export function concat(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** Pieces between random cuts; now and then many cuts of one byte in a row. */
export function cut(bytes: Uint8Array, random: () => number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const tiny = random() < 0.3;
    const length = tiny ? 1 : 1 + Math.floor(random() ** 3 * 4_000);
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}
