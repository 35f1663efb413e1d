/**
 * A gateway with routes, and providers that answer by a script.
 *
 * @module
 */
import type http from "node:http";
import type { AttemptData } from "@/core/event/attempt.ts";
import { routingSchema } from "@/core/gateway/routing/settings.ts";
import {
  type CallDraft,
  chatAnswer,
  json,
  projectKey,
  runGateway,
  type Running,
  type RunOptions,
  runUpstream,
  type Upstream,
} from "../gateway/fixture.ts";

export type Reply = (response: http.ServerResponse) => void;

/** Answers of a provider: the first for the first call and so on; the last one for ever. */
export function scripted(...replies: readonly Reply[]): Promise<Upstream> {
  let calls = 0;
  return runUpstream((_, response) => {
    const reply = replies[Math.min(calls++, replies.length - 1)];
    reply?.(response);
  });
}

export const ok: Reply = (response) => json(response, chatAnswer);
export const answers = (body: unknown): Reply => (response) => json(response, body);
export const fails =
  (status: number, headers: Record<string, string> = {}): Reply => (response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    json(response, { error: { message: `Failed with ${status}`, type: "server_error" } }, status);
  };
export const breaks: Reply = (response) => void response.destroy();
export const silent: Reply = () => {};

export interface Routed {
  readonly route?: unknown;
  readonly upstreams: Record<string, string>;
  readonly random?: () => number;
  readonly options?: RunOptions;
}

/** No waits but those that the route asks for. */
export function runRouted({ route = {}, upstreams, random = () => 0, options }: Routed): Running {
  const settings = routingSchema.parse(route);
  return runGateway({
    upstreams,
    providerKeys: Object.fromEntries(Object.keys(upstreams).map((name) => [name, `sk-${name}`])),
    ...options,
    ports: { routing: () => settings, random, ...options?.ports },
  });
}

export const chat = { model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] };

export function ask(
  running: Running,
  headers: Record<string, string> = {},
  body: unknown = chat,
  path = "/v1/chat/completions",
): Promise<Response> {
  return fetch(`${running.url}${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${projectKey}`,
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

/** The call's own event: exactly one of the records. */
export function callOf(running: Running): CallDraft {
  const calls = running.log.records.map(({ event }) => event)
    .filter((event) => (event.type as string) !== "call.attempted");
  const [only, ...more] = calls;
  if (!only || more.length > 0) throw new Error(`There are ${calls.length} calls`);
  return only;
}

/** The attempts' events, in order. */
export function attemptsOf(running: Running): AttemptData[] {
  return running.log.records.map(({ event }) => event as unknown as { type: string; data: unknown })
    .filter(({ type }) => type === "call.attempted")
    .map(({ data }) => data as AttemptData);
}

/** The status of an answer whose body is not looked at. */
export async function statusOf(asking: Promise<Response>): Promise<number> {
  const response = await asking;
  await response.body?.cancel();
  return response.status;
}
