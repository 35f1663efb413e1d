/**
 * Server-sent events out of bytes, as the HTML standard defines them, with the same result for any
 * chunking: characters and line ends may be split anywhere. In one thing it is more lenient: an
 * event that the stream ends in, without its empty line, counts.
 *
 * @module
 */

export interface SseEvent {
  /** The `event:` field; empty when there is none. */
  readonly event: string;
  /** The `data:` lines, joined with line feeds. */
  readonly data: string;
}

/**
 * @example
 * ```ts
 * import { SseParser } from "@/core/gateway/sse.ts";
 * import { expect } from "expect";
 *
 * const parser = new SseParser();
 * const bytes = new TextEncoder().encode("event: a\r\ndata: é\r\n\r\n");
 * const events = [...bytes].flatMap((byte) => parser.push(Uint8Array.of(byte)));
 * expect([...events, ...parser.end()]).toEqual([{ event: "a", data: "é" }]);
 * ```
 */
export class SseParser {
  readonly #decoder = new TextDecoder();
  #rest = "";
  /** The last chunk ended in a carriage return: a line feed that comes next belongs to it. */
  #afterReturn = false;
  #event = "";
  #data: string[] = [];

  /** Takes bytes, gives the events that they complete. */
  push(bytes: Uint8Array): SseEvent[] {
    return this.pushText(this.#decoder.decode(bytes, { stream: true }));
  }

  /** Ends the stream; gives the event that was still open. */
  end(): SseEvent[] {
    const events = this.pushText(this.#decoder.decode());
    if (this.#rest !== "") this.#line(this.#rest, events);
    this.#rest = "";
    this.#dispatch(events);
    return events;
  }

  /** Takes characters, gives the events that they complete. */
  pushText(decoded: string): SseEvent[] {
    const events: SseEvent[] = [];
    let source = decoded;
    if (this.#afterReturn && source !== "") {
      this.#afterReturn = false;
      if (source.startsWith("\n")) source = source.slice(1);
    }
    if (this.#rest !== "") source = this.#rest + source;
    // Almost no stream holds a return: one scan tells, and feeds alone are found natively.
    const nextEnd = source.includes("\r") ? anyLineEnd : lineFeedAfter;
    let start = 0;
    for (let end = nextEnd(source, start); end !== -1; end = nextEnd(source, start)) {
      this.#line(source.slice(start, end), events);
      start = end + 1;
      if (source.charCodeAt(end) !== carriageReturn) continue;
      if (source.charCodeAt(start) === lineFeed) start++;
      else if (start === source.length) this.#afterReturn = true;
    }
    this.#rest = start === 0 ? source : source.slice(start);
    return events;
  }

  #line(line: string, events: SseEvent[]): void {
    if (line === "") return this.#dispatch(events);
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon === -1 ? line : line.slice(0, colon);
    const from = line.charCodeAt(colon + 1) === space ? colon + 2 : colon + 1;
    const value = colon === -1 ? "" : line.slice(from);
    if (field === "data") this.#data.push(value);
    else if (field === "event") this.#event = value;
  }

  #dispatch(events: SseEvent[]): void {
    if (this.#data.length > 0) {
      const data = this.#data.length === 1 ? this.#data[0] ?? "" : this.#data.join("\n");
      events.push({ event: this.#event, data });
      this.#data = [];
    }
    this.#event = "";
  }
}

const lineFeed = 10;
const carriageReturn = 13;
const space = 32;

function lineFeedAfter(source: string, start: number): number {
  return source.indexOf("\n", start);
}

function anyLineEnd(source: string, start: number): number {
  const feed = source.indexOf("\n", start);
  const carriage = source.indexOf("\r", start);
  if (feed === -1 || carriage === -1) return Math.max(feed, carriage);
  return Math.min(feed, carriage);
}
