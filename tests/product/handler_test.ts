import { expect } from "expect";
import { AppError } from "@/core/error.ts";
import { createHandler } from "@/tools/web/handler.ts";
import { onServerError } from "@/tools/web/server_error.ts";

const parts = {
  gateway: { handles: () => false },
  api: { fetch: () => new Response("api") },
  // The handler asks for no more of them.
} as unknown as Parameters<typeof createHandler>[0];

/** The status line and the head of an answer to a request with this Host. */
async function headFor(host: string): Promise<string> {
  const handler = createHandler(parts, () => Promise.resolve(new Response("page")));
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
  const text = `GET /dashboard HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;
  await conn.write(new TextEncoder().encode(text));
  const answer = await new Response(conn.readable).text();
  await server.shutdown();
  return answer.split("\r\n\r\n")[0] ?? "";
}

for (const host of ["[", "a b", "y/healthz?", "]]]", "a#b", "a\\b", "u@h"]) {
  Deno.test(`a Host that is none (${host}) is refused, and no other path than the one that was asked for`, async () => {
    const head = await headFor(host);
    expect(head).toContain("HTTP/1.1 400");
    expect(head.toLowerCase()).toContain("content-security-policy:");
  });
}

for (const host of ["127.0.0.1:8787", "[::1]:8787", "w.example", "x_y.internal:80", ""]) {
  Deno.test(`a Host as clients send it (${host || "empty"}) is taken`, async () => {
    expect(await headFor(host)).toContain("HTTP/1.1 200");
  });
}

/** What the pages and the API are asked for a request with this header. */
async function askedWith(path: string, headers: Record<string, string>): Promise<string[]> {
  const tell = async (request: Request) =>
    new Response(`${request.url} ${request.method} ${await request.text()}`);
  const handler = createHandler(
    { ...parts, api: { fetch: tell } } as unknown as Parameters<typeof createHandler>[0],
    tell,
  );
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  try {
    const url = `http://127.0.0.1:${server.addr.port}${path}`;
    const answer = await fetch(url, { method: "POST", headers, body: "a body" });
    return (await answer.text()).replace(`:${server.addr.port}`, "").split(/ (?=POST)/);
  } finally {
    await server.shutdown();
  }
}

for (const path of ["/sign-in", "/v1/projects?x=1"]) {
  Deno.test(`what came over TLS to the proxy before us is https here (${path})`, async () => {
    const body = "POST a body";
    const plain = [`http://127.0.0.1${path}`, body];
    const secure = [`https://127.0.0.1${path}`, body];
    expect(await askedWith(path, {})).toEqual(plain);
    expect(await askedWith(path, { "x-forwarded-proto": "https" })).toEqual(secure);
    expect(await askedWith(path, { "x-forwarded-proto": "https, http" })).toEqual(secure);
    expect(await askedWith(path, { "x-forwarded-proto": "http" })).toEqual(plain);
    expect(await askedWith(path, { "x-forwarded-proto": "javascript" })).toEqual(plain);
  });
}

Deno.test("what a client was told is no report; what nobody expected is", () => {
  const reported: string[] = [];
  const onError = onServerError((message, { reason }) => reported.push(`${message}: ${reason}`));
  expect(onError(new AppError("upstream_broken")).status).toBe(500);
  expect(reported).toEqual([]);
  expect(onError(new TypeError("Odd")).status).toBe(500);
  expect(reported).toEqual(["An answer failed: TypeError: Odd"]);
});
