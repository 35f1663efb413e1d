/**
 * Security headers stand on every kind of answer, and agree with the page's nonce.
 */
import { expect } from "expect";
import { App, HttpError } from "fresh";
import { h } from "preact";
import {
  type Handler,
  securityHeaders,
  type SecurityOptions,
} from "@/routes/(_http)/security_headers.ts";

const INFO: Deno.ServeHandlerInfo<Deno.NetAddr> = {
  remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
  completed: Promise.resolve(),
};

/** Asks a wrapped handler. */
async function ask(
  handler: Handler,
  address = "http://localhost/",
  options: SecurityOptions = {},
): Promise<Response> {
  return await securityHeaders(handler, options)(new Request(address), INFO);
}

/** The nonce of a response's policy. */
function policyNonce(response: Response): string | undefined {
  return /'nonce-([0-9a-f]{32})'/.exec(response.headers.get("Content-Security-Policy") ?? "")?.[1];
}

const app = new App()
  .get("/", (ctx) => ctx.render(h("style", null, "p{}")))
  .get("/json", (ctx) => ctx.json({ ok: true }))
  .get("/redirect", (ctx) => ctx.redirect("/json"))
  .get("/error", () => {
    throw new HttpError(403);
  })
  .onError("*", (ctx) => ctx.render(h("style", null, "h1{}"), { status: 500 }));

Deno.test("every kind of answer has the headers", async () => {
  const handler = app.handler();
  for (const path of ["/", "/json", "/redirect", "/error", "/nowhere"]) {
    const response = await ask(handler, `http://localhost${path}`);
    const policy = response.headers.get("Content-Security-Policy") ?? "";
    expect(policy).toMatch(/script-src 'nonce-[0-9a-f]{32}' 'strict-dynamic'/);
    expect(policy).not.toContain("unsafe-inline");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(response.headers.get("Referrer-Policy")).toBe("same-origin");
    expect(response.headers.get("X-Frame-Options")).toBe("DENY");
    expect(response.headers.get("Cross-Origin-Opener-Policy")).toBe("same-origin");
    expect(response.headers.get("Permissions-Policy")).toContain("camera=()");
    expect(response.headers.has("Strict-Transport-Security")).toBe(false);
  }
});

Deno.test("a page's policy has the nonce of its own scripts and styles", async () => {
  const handler = app.handler();
  for (const path of ["/", "/nowhere"]) {
    const response = await ask(handler, `http://localhost${path}`);
    expect(await response.text()).toContain(`nonce="${policyNonce(response)}"`);
  }
});

Deno.test("no two answers share a nonce", async () => {
  const handler = app.handler();
  const nonces = [];
  for (const path of ["/", "/", "/json", "/json"]) {
    nonces.push(policyNonce(await ask(handler, `http://localhost${path}`)));
  }
  expect(new Set(nonces).size).toBe(4);
});

Deno.test("answers with fixed headers are copied whole", async () => {
  const response = await ask(() => Response.redirect("http://localhost/there", 303));
  expect([response.status, response.headers.get("location")]).toEqual([
    303,
    "http://localhost/there",
  ]);
  expect(policyNonce(response)).toBeDefined();
});

Deno.test("a streamed body passes through as it comes", async () => {
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>();
  const response = await ask(() => new Response(readable));
  const writer = writable.getWriter();
  const reader = response.body?.getReader();
  for (const byte of [1, 2]) {
    const written = writer.write(new Uint8Array([byte]));
    expect((await reader?.read())?.value).toEqual(new Uint8Array([byte]));
    await written;
  }
  await writer.close();
  expect((await reader?.read())?.done).toBe(true);
});

Deno.test("a header that the answer brings is kept", async () => {
  const headers = { "Referrer-Policy": "no-referrer", "Content-Security-Policy": "sandbox" };
  const response = await ask(() => new Response(null, { headers }));
  expect(response.headers.get("Referrer-Policy")).toBe("no-referrer");
  expect(response.headers.get("Content-Security-Policy")).toBe("sandbox");
});

Deno.test("TLS is required from then on, but only where it is spoken", async () => {
  const handler = () => new Response(null);
  const secure = await ask(handler, "https://localhost/");
  expect(secure.headers.get("Strict-Transport-Security")).toContain("max-age=31536000");
  const behindProxy = await ask(handler, "http://localhost/", { isHttps: () => true });
  expect(behindProxy.headers.has("Strict-Transport-Security")).toBe(true);
});
