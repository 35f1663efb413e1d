/**
 * What is measured: an address that takes the benchmark's requests, and the process behind it.
 *
 * @module
 */
import { type Kind, requestBody } from "./answers.ts";

export interface Target {
  readonly name: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The process whose CPU time is counted. */
  readonly pid: number;
  /** Waits for what goes on after the last answer, so that the next target's round does not pay for it. */
  settle?(): Promise<unknown>;
  stop(): Promise<void>;
}

/** Head and body of a request to the target. */
export function rawRequest(target: Target, kind: Kind): string {
  const body = requestBody(kind);
  const headers = {
    host: `127.0.0.1:${target.port}`,
    "content-type": "application/json",
    "content-length": String(new TextEncoder().encode(body).length),
    ...target.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${target.path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}
