/**
 * Answers and connections of providers that keep to HTTP's letter and not to its spirit. Time is never
 * asserted: what these once cost was a client that waited for ever, or a call that was paid for twice.
 */
import { expect } from "expect";
import {
  chatAnswer,
  eventually,
  json,
  post,
  projectKey,
  runGateway,
  runUpstream,
} from "./fixture.ts";

const headers = { authorization: `Bearer ${projectKey}` };
const chat = { model: "gpt-4o", messages: [] };

for (const size of [5, 300_000]) {
  Deno.test(`a 205 with a body of ${size} bytes is answered without it`, async () => {
    await using upstream = await runUpstream((_, response) => {
      response.writeHead(205, { "content-length": size }).end("x".repeat(size));
    });
    await using running = runGateway({ upstreams: { openai: upstream.url } });
    const response = await fetch(`${running.url}/proxy/openai/v1/files`, { headers });
    expect([response.status, await response.text()]).toEqual([205, ""]);
    expect(running.log.only.event).toMatchObject({
      type: "call.completed",
      data: { status_code: 205, response_bytes: 0 },
    });
  });
}

Deno.test("a request that a provider had time to work on is not sent again", async () => {
  let now = 0;
  await using upstream = await runUpstream((_, response) => {
    if (upstream.seen.length !== 2) return json(response, chatAnswer);
    // Two seconds of work that will be charged, and then the connection goes.
    now += 2_000;
    response.socket?.destroy();
  });
  await using running = runGateway({
    upstreams: { openai: upstream.url },
    ports: { monotonic: () => now },
  });
  const url = `${running.url}/v1/chat/completions`;
  const statuses: number[] = [];
  for (let i = 0; i < 3; i++) {
    const response = await post(url, chat);
    statuses.push(response.status);
    await response.text();
  }
  expect(statuses).toEqual([200, 502, 200]);
  expect(upstream.seen).toHaveLength(3);
  expect(running.log.records.map(({ event }) => event.data.error?.code)).toEqual([
    undefined,
    "upstream_broken",
    undefined,
  ]);
});

Deno.test("when one kept connection turns out dead, the others are not tried after it", async () => {
  let restarted = false;
  const old = new Set<unknown>();
  const waiting: (() => void)[] = [];
  await using upstream = await runUpstream((_, response) => {
    const { socket } = response;
    // Dead without a word, as when something on the way has forgotten the connection.
    if (restarted && old.has(socket)) return socket?.destroy();
    old.add(socket);
    if (restarted) return json(response, chatAnswer);
    waiting.push(() => json(response, chatAnswer));
    // All at once, so that each has a connection of its own.
    if (waiting.length === 3) { for (const answer of waiting) answer(); }
  });
  await using running = runGateway({
    upstreams: { openai: upstream.url },
    // A machine that is busy would take the provider for one that worked on it.
    ports: { monotonic: () => 0 },
  });
  const url = `${running.url}/v1/chat/completions`;
  const before = await Promise.all([1, 2, 3].map(() => post(url, chat)));
  for (const response of before) await response.text();
  expect(old.size).toBe(3);
  restarted = true;
  const response = await post(url, chat);
  expect([response.status, await response.json()]).toEqual([200, chatAnswer]);
  expect(upstream.seen).toHaveLength(5);
});

Deno.test("a client that leaves inside a sound has an aborted call", async () => {
  await using upstream = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "audio/mpeg" });
    response.write(new Uint8Array(1_000));
  });
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  const leaving = new AbortController();
  const response = await fetch(`${running.url}/v1/audio/speech`, {
    method: "POST",
    headers,
    body: JSON.stringify({ model: "tts-1", input: "Hello" }),
    signal: leaving.signal,
  });
  await response.body?.getReader().read();
  leaving.abort();
  await eventually(() => running.log.records.length > 0, "the call is on record");
  expect(running.log.only.event).toMatchObject({
    type: "call.aborted",
    data: { status_code: 200, error: { code: "client_closed" } },
  });
});

const resources = {
  "a job that failed": { id: "j", object: "fine_tuning.job", error: { code: "bad", message: "x" } },
  "a job that runs": { id: "j", object: "fine_tuning.job", error: {} },
  "an operation of Google's": {
    name: "operations/1",
    done: true,
    error: { code: 3, message: "x" },
  },
};

for (const [name, resource] of Object.entries(resources)) {
  Deno.test(`reading ${name} is no failed call`, async () => {
    await using upstream = await runUpstream((_, response) => json(response, resource));
    await using running = runGateway({ upstreams: { openai: upstream.url } });
    const response = await fetch(`${running.url}/v1/fine_tuning/jobs/j`, { headers });
    expect(await response.json()).toEqual(resource);
    expect(running.log.only.event).toMatchObject({ type: "call.completed", data: { error: null } });
  });
}

Deno.test("the lines of a batch's results are no errors of the call that reads them", async () => {
  await using upstream = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end('{"id":"a","error":null}\n{"id":"b","error":{"message":"bad"}}\n');
  });
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  await (await fetch(`${running.url}/v1/files/f/content`, { headers })).text();
  expect(running.log.only.event.type).toBe("call.completed");
});

Deno.test("an error that stands alone in a 200 is one, also where nothing else is read", async () => {
  const error = { error: { code: "gone", message: "No such file" } };
  await using upstream = await runUpstream((_, response) => json(response, error));
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  await (await fetch(`${running.url}/v1/files/f`, { headers })).text();
  expect(running.log.only.event).toMatchObject({
    type: "call.failed",
    data: { error: { code: "gone", origin: "provider" } },
  });
});

const begun = 'data: {"id":"c1","choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n';
const leftInside = {
  "an error that a stream told": {
    path: "/v1/chat/completions",
    events: `${begun}data: {"error":{"code":"overloaded","message":"Try later"}}\n\n`,
    ended: { type: "call.failed", data: { error: { code: "overloaded", origin: "provider" } } },
  },
  "the last event of a stream that nothing else is read of": {
    path: "/v1/threads/t/runs",
    events: "event: thread.run.completed\ndata: {}\n\nevent: done\ndata: [DONE]\n\n",
    ended: { type: "call.completed", data: { error: null } },
  },
};

for (const [name, { path, events, ended }] of Object.entries(leftInside)) {
  Deno.test(`a client that leaves at ${name} is not the one that ended the call`, async () => {
    await using upstream = await runUpstream((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(events);
    });
    await using running = runGateway({ upstreams: { openai: upstream.url } });
    const leaving = new AbortController();
    const response = await fetch(running.url + path, {
      method: "POST",
      headers,
      body: JSON.stringify({ ...chat, stream: true, stream_options: { include_usage: true } }),
      signal: leaving.signal,
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let got = "";
    while (got.length < events.length) got += (await reader?.read())?.value ?? "";
    leaving.abort();
    await reader?.read().catch(() => {});
    await eventually(() => running.log.records.length > 0, "the call is on record");
    expect(running.log.only.event).toMatchObject(ended);
  });
}
