/**
 * Conformance: an application of middlewares and routes given in code.
 */
import { expect } from "expect";
import type { ComponentChildren } from "preact";
import { asker, type Implementation, muted } from "./implementation.ts";

/** The props that the components here use. */
interface Props {
  Component: () => ComponentChildren;
  error: unknown;
}

/** Registers the tests. */
export function appSuite({ name, fresh }: Implementation): void {
  const { App, csp, csrf, HttpError, page, trailingSlashes } = fresh;
  const test = (title: string, run: () => Promise<void>) => Deno.test(`${name}: ${title}`, run);

  test("get() answers GET, and HEAD without the body", async () => {
    const ask = asker(new App().get("/", () => new Response("hello", { headers: { "x-a": "1" } })));
    expect(await (await ask("/")).text()).toBe("hello");
    const head = await ask("/", { method: "HEAD" });
    expect([head.status, head.headers.get("x-a"), await head.text()]).toEqual([200, "1", ""]);
  });

  test("get() refuses other methods with 405 and tells OPTIONS what is allowed", async () => {
    const ask = asker(new App().get("/", () => new Response("hello")));
    expect((await ask("/", { method: "POST" })).status).toBe(405);
    const options = await ask("/", { method: "OPTIONS" });
    expect([options.status, options.headers.get("allow")]).toEqual([204, "GET"]);
  });

  test("each method has its own registration, and all() takes every one", async () => {
    const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
    const app = new App().all("/any", (ctx) => ctx.text(ctx.req.method));
    app.get("/x", (ctx) => ctx.text("GET")).post("/x", (ctx) => ctx.text("POST"));
    app.put("/x", (ctx) => ctx.text("PUT")).patch("/x", (ctx) => ctx.text("PATCH"));
    app.delete("/x", (ctx) => ctx.text("DELETE"));
    const ask = asker(app);
    for (const method of methods) {
      expect(await (await ask("/x", { method })).text()).toBe(method);
      expect(await (await ask("/any", { method })).text()).toBe(method);
    }
  });

  test("an unknown address is 404 in plain text", async () => {
    const response = await asker(new App())("/nowhere");
    expect([response.status, await response.text()]).toEqual([404, "Not Found"]);
  });

  test("a thrown HttpError answers with its status and message", async () => {
    const ask = asker(
      new App()
        .get("/teapot", () => {
          throw new HttpError(418, "short and stout");
        })
        .get("/silent", () => {
          throw new HttpError(403);
        }),
    );
    const teapot = await ask("/teapot");
    expect([teapot.status, await teapot.text()]).toEqual([418, "short and stout"]);
    expect(await (await ask("/silent")).text()).toBe("Forbidden");
  });

  test("an unexpected error is 500 without its details, and is reported", async () => {
    const error = new Error("a secret detail");
    const ask = asker(
      new App().get("/", () => {
        throw error;
      }),
    );
    const reported = await muted(async () => {
      const response = await ask("/");
      expect([response.status, await response.text()]).toEqual([500, "Internal server error"]);
    });
    expect(reported).toContain(error);
  });

  test("middlewares run in order around the rest, and state is one request's own", async () => {
    const app = new App<{ trail?: string[] }>()
      .use(async (ctx) => {
        ctx.state.trail = [...ctx.state.trail ?? [], "a"];
        const response = await ctx.next();
        response.headers.set("x-after", "a");
        return response;
      }, (ctx) => {
        ctx.state.trail?.push("b");
        return ctx.next();
      })
      .use("/inner", (ctx) => {
        ctx.state.trail?.push("inner");
        return ctx.next();
      })
      .get("/inner/page", (ctx) => ctx.json(ctx.state.trail))
      .get("/outer", (ctx) => ctx.json(ctx.state.trail));
    const ask = asker(app);
    for (let times = 0; times < 2; times++) {
      const inner = await ask("/inner/page");
      expect(inner.headers.get("x-after")).toBe("a");
      expect(await inner.json()).toEqual(["a", "b", "inner"]);
    }
    expect(await (await ask("/outer")).json()).toEqual(["a", "b"]);
  });

  test("a middleware sees the error that passes through it", async () => {
    const seen: unknown[] = [];
    const error = new HttpError(400, "bad");
    const app = new App()
      .use(async (ctx) => {
        try {
          return await ctx.next();
        } catch (caught) {
          seen.push(caught, ctx.error);
          throw caught;
        }
      })
      .get("/", () => {
        throw error;
      });
    expect((await asker(app)("/")).status).toBe(400);
    expect(seen).toEqual([error, error]);
  });

  test("parameters are decoded, and an address is matched without doubled slashes", async () => {
    const app = new App().get("/hi/:name", (ctx) => ctx.text(`${ctx.params.name} ${ctx.route}`));
    const ask = asker(app);
    expect(await (await ask("/hi/J%C3%BCrgen%20M")).text()).toBe("Jürgen M /hi/:name");
    expect(await (await ask("//hi//ada")).text()).toBe("ada /hi/:name");
  });

  test("a fixed address wins over a pattern, whatever came first", async () => {
    const app = new App()
      .get("/:any", (ctx) => ctx.text("pattern"))
      .get("/fixed", (ctx) => ctx.text("fixed"));
    const ask = asker(app);
    expect(await (await ask("/fixed")).text()).toBe("fixed");
    expect(await (await ask("/other")).text()).toBe("pattern");
  });

  test("redirect() answers 302 and can't leave the site by slashes", async () => {
    const app = new App()
      .get("/go", (ctx) => ctx.redirect("//elsewhere.test//a?to=//b"))
      .get("/there", (ctx) => ctx.redirect("https://elsewhere.test/", 303));
    const ask = asker(app);
    const go = await ask("/go");
    expect([go.status, go.headers.get("location")]).toEqual([302, "/elsewhere.test/a?to=//b"]);
    const there = await ask("/there");
    expect([there.status, there.headers.get("location")]).toEqual([303, "https://elsewhere.test/"]);
  });

  test("text(), html(), json() and stream() answer with their content types", async () => {
    const app = new App()
      .get("/html", (ctx) => ctx.html("<p>", { status: 201 }))
      .get("/json", (ctx) => ctx.json({ a: [1] }))
      .get("/stream", (ctx) =>
        ctx.stream(function* () {
          yield "one ";
          yield "two";
        }));
    const ask = asker(app);
    const html = await ask("/html");
    expect([html.status, await html.text()]).toEqual([201, "<p>"]);
    expect(html.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const json = await ask("/json");
    expect(json.headers.get("content-type")).toContain("application/json");
    expect(await json.json()).toEqual({ a: [1] });
    expect(await (await ask("/stream")).text()).toBe("one two");
  });

  test("route() renders data inside layouts and the wrapper", async () => {
    const app = new App()
      .appWrapper(({ Component }: Props) => (
        <html lang="en">
          <head />
          <body>
            <Component />
          </body>
        </html>
      ))
      .layout("/", ({ Component }: Props) => (
        <main>
          <Component />
        </main>
      ))
      .layout("/inner", ({ Component }: Props) => (
        <section>
          <Component />
        </section>
      ))
      .route("/inner/page", {
        handler: () => page({ word: "data" }, { status: 201, headers: { "x-page": "yes" } }),
        component: ({ data }: { data: { word: string } }) => <p>{data.word}</p>,
      })
      .route("/alone", {
        component: () => <p>alone</p>,
        config: { skipInheritedLayouts: true, skipAppWrapper: true },
      });
    const ask = asker(app);
    const response = await ask("/inner/page");
    expect([response.status, response.headers.get("x-page")]).toEqual([201, "yes"]);
    const html = await response.text();
    expect(html).toMatch(/^<!DOCTYPE html><html lang="en">/);
    expect(html).toContain("<main><section><p>data</p></section></main>");
    expect(await (await ask("/alone")).text()).toMatch(/<body><p>alone<\/p><\/body>/);
  });

  test("render() completes a document that has no outer elements", async () => {
    const app = new App().get("/", (ctx) => ctx.render(<p>hi</p>, { status: 202 }));
    const response = await asker(app)("/");
    expect(response.status).toBe(202);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await response.text()).toMatch(
      /^<!DOCTYPE html><html><head><meta charset="utf-8"\s*\/?><\/head><body><p>hi<\/p><\/body><\/html>$/,
    );
  });

  test("onError() and notFound() answer in place of the plain text", async () => {
    const app = new App()
      .onError("*", (ctx) => ctx.text(`caught ${String(ctx.error)}`, { status: 500 }))
      .notFound((ctx) => ctx.text("nothing here", { status: 404 }))
      .get("/broken", () => {
        throw new Error("broken");
      });
    const ask = asker(app);
    expect(await (await ask("/broken")).text()).toBe("caught Error: broken");
    expect(await (await ask("/nowhere")).text()).toBe("nothing here");
  });

  test("mountApp() takes over routes and middlewares below a path", async () => {
    const inner = new App<{ inner?: boolean }>()
      .use((ctx) => {
        ctx.state.inner = true;
        return ctx.next();
      })
      .get("/page", (ctx) => ctx.json(ctx.state));
    const ask = asker(
      new App<{ inner?: boolean }>().mountApp("/mounted", inner)
        .get("/page", (ctx) => ctx.json(ctx.state)),
    );
    expect(await (await ask("/mounted/page")).json()).toEqual({ inner: true });
    expect(await (await ask("/page")).json()).toEqual({});
  });

  test("csrf() refuses other sites and lets clients without an origin pass", async () => {
    const ask = asker(new App().use(csrf()).post("/", (ctx) => ctx.text("ok")));
    const status = async (headers: Record<string, string>) => {
      return (await ask("/", { method: "POST", headers })).status;
    };
    expect(await status({})).toBe(200);
    expect(await status({ origin: "http://localhost" })).toBe(200);
    expect(await status({ origin: "https://elsewhere.test" })).toBe(403);
    expect(await status({ "sec-fetch-site": "same-origin" })).toBe(200);
    expect(await status({ "sec-fetch-site": "cross-site" })).toBe(403);
    expect(await status({ "sec-fetch-site": "cross-site", origin: "http://localhost" })).toBe(200);
  });

  test("trailingSlashes() redirects to the one address with 302", async () => {
    const app = new App().use(trailingSlashes("never")).get("/page", (ctx) => ctx.text("page"));
    const response = await asker(app)("/page/?q=1");
    expect([response.status, response.headers.get("location")]).toEqual([302, "/page?q=1"]);
  });

  test("csp() replaces 'unsafe-inline' by the nonce of the rendering", async () => {
    const app = new App()
      .use(csp({ useNonce: true }))
      .get("/", (ctx) => ctx.render(<style>{"p{}"}</style>));
    const response = await asker(app)("/");
    const policy = response.headers.get("content-security-policy") ?? "";
    const nonce = /nonce="([^"]+)"/.exec(await response.text())?.[1];
    expect(nonce).toMatch(/^[0-9a-f]{32}$/);
    expect(policy).toContain(`script-src 'self' 'nonce-${nonce}'`);
    expect(policy).not.toContain("unsafe-inline");
  });

  test("a rendered response carries its nonce where wrappers find it", async () => {
    const response = await asker(
      new App().get("/", (ctx) => ctx.render(<style>{"p{}"}</style>)),
    )("/");
    const nonce: unknown = Reflect.get(response, Symbol.for("__freshNonce"));
    expect(await response.text()).toContain(`<style nonce="${nonce}">`);
  });
}
