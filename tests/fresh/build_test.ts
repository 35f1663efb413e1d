/**
 * Building: the same sources give the same build, names follow content, and a build that is missing
 * or broken says so.
 */
import { expect } from "expect";
import { App, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { join } from "node:path";
import { buildPages } from "@/routes/(_http)/build_pages.ts";
import { loadBuild } from "@/routes/(_http)/load_build.ts";
import { childrenGone } from "./conformance/children.ts";
import { SITE } from "./conformance/implementation.ts";
import { scratchDir } from "./conformance/scratch.ts";

/** A project of a few files, in a folder of its own inside this one. */
async function withProject(
  files: Record<string, string>,
  use: (root: string) => Promise<void>,
): Promise<void> {
  const root = await scratchDir();
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = join(root, name);
      await Deno.mkdir(join(path, ".."), { recursive: true });
      await Deno.writeTextFile(path, content);
    }
    await use(root);
  } finally {
    await childrenGone();
    await Deno.remove(root, { recursive: true });
  }
}

/** The names of the scripts that a build wrote. */
async function scripts(root: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(join(root, "_fresh/static/_fresh/js"))) {
    names.push(name);
  }
  return names.sort();
}

const ISLAND = `import { useSignal } from "@preact/signals";
export default function Button({ text }: { text: string }) {
  const on = useSignal(false);
  return <button type="button" onClick={() => on.value = true}>{on.value ? "on" : text}</button>;
}
`;
const PAGE = `import Button from "../islands/Button.tsx";
export default () => <Button text="off" />;
`;

Deno.test("a built site is loaded and served without building", async () => {
  await withProject({
    "islands/Button.tsx": ISLAND,
    "routes/index.tsx": PAGE,
    "static/with space.txt": "spaced",
    "static/.private": "hidden",
    "static/.well-known/security.txt": "contact",
  }, async (root) => {
    await buildPages({ root });
    const app = new App<unknown>().use(staticFiles()).fsRoutes();
    await loadBuild(app, { root });
    const handler = app.handler();
    const ask = async (path: string) => {
      const response = await handler(new Request(`http://localhost${path}`));
      return { status: response.status, headers: response.headers, text: await response.text() };
    };
    const page = await ask("/");
    expect(page.text).toContain("<!--frsh:island:Button:0:-->");
    const script = /from"([^"]+)"/.exec(page.text)?.[1] ?? "";
    const code = await ask(script);
    expect(code.status).toBe(200);
    expect(code.headers.get("cache-control")).toContain("immutable");
    const etag = code.headers.get("etag") ?? "";
    const request = new Request(`http://localhost${script}`, {
      headers: { "If-None-Match": etag },
    });
    expect((await handler(request)).status).toBe(304);
    expect((await ask("/with%20space.txt")).text).toBe("spaced");
    expect((await ask("/.well-known/security.txt")).text).toBe("contact");
    expect((await ask("/.private")).status).toBe(404);
    expect((await ask("/%E0%A4%A")).status).toBe(404);
    expect((await ask("/..%2f..%2fdeno.json")).status).toBe(404);
  });
});

Deno.test("script names follow content: unchanged ones stay, changed ones change", async () => {
  await withProject({
    "islands/Button.tsx": ISLAND,
    "islands/Other.tsx": ISLAND.replaceAll("Button", "Other"),
    "routes/index.tsx": PAGE,
  }, async (root) => {
    await buildPages({ root });
    const before = await scripts(root);
    await buildPages({ root });
    expect(await scripts(root)).toEqual(before);
    await Deno.writeTextFile(join(root, "islands/Button.tsx"), ISLAND.replace('"on"', '"changed"'));
    await buildPages({ root });
    const after = await scripts(root);
    const changed = before.filter((name) => !after.includes(name));
    expect(changed).toEqual([expect.stringMatching(/^Button-/)]);
  });
});

Deno.test("two modules of islands may have the same name", async () => {
  await withProject({
    "islands/a/Button.tsx": ISLAND,
    "islands/b/Button.tsx": ISLAND,
    "routes/index.tsx": `import A from "../islands/a/Button.tsx";
import B from "../islands/b/Button.tsx";
export default () => <><A text="a" /><B text="b" /></>;`,
  }, async (root) => {
    const apply = await new Builder<unknown>({ root }).build({ snapshot: "memory" });
    const app = new App<unknown>().fsRoutes();
    apply(app);
    const html = await (await app.handler()(new Request("http://localhost/"))).text();
    expect(html).toContain("<!--frsh:island:Button:0:-->");
    expect(html).toContain("<!--frsh:island:Button_1:1:-->");
  });
});

Deno.test("an island's code that does not compile fails the build with its place", async () => {
  await withProject({ "islands/Broken.tsx": "export default function (" }, async (root) => {
    await expect(new Builder({ root }).build()).rejects.toThrow(/Broken\.tsx:1/);
  });
});

Deno.test("a module that is no route is refused by name", async () => {
  await withProject({ "routes/_layout.tsx": "export const nothing = 1;" }, async (root) => {
    const apply = await new Builder<unknown>({ root }).build({ snapshot: "memory" });
    const app = new App<unknown>().fsRoutes();
    apply(app);
    expect(() => app.handler()).toThrow(/_layout\.tsx" as a layout/);
  });
});

Deno.test("loading without a build says what is missing", async () => {
  await withProject({}, async (root) => {
    await expect(loadBuild(new App(), { root })).rejects.toThrow("has not been built");
  });
});

Deno.test("a build on disk can't be applied, only loaded", async () => {
  await withProject(
    { "routes/index.ts": "export const handler = () => new Response();" },
    async (root) => {
      const apply = await new Builder<unknown>({ root }).build();
      expect(() => apply(new App())).toThrow("load it from there");
    },
  );
});

Deno.test("the builder serves an application for development", async () => {
  await withProject({
    "islands/Button.tsx": ISLAND,
    "routes/index.tsx": PAGE,
    "static/a.txt": "a",
  }, async (root) => {
    const stop = new AbortController();
    const port = Promise.withResolvers<number>();
    const app = new App<unknown>().use(staticFiles()).fsRoutes();
    await new Builder<unknown>({ root }).listen(() => Promise.resolve({ app }), {
      port: 0,
      hostname: "127.0.0.1",
      signal: stop.signal,
      onListen: (address) => port.resolve(address.port),
    });
    const base = `http://127.0.0.1:${await port.promise}`;
    const page = await (await fetch(base)).text();
    expect(page).toContain("<!--frsh:island:Button:0:-->");
    const script = await fetch(base + (/from"([^"]+)"/.exec(page)?.[1] ?? ""));
    // Nothing is kept while it is being worked on.
    expect(script.headers.get("cache-control")).toContain("no-store");
    expect(await script.text()).toContain("boot");
    stop.abort();
  });
});

Deno.test("tests beside routes and islands are neither", async () => {
  await withProject({
    "routes/page_test.ts": "throw new Error('loaded');",
    "islands/Button_test.tsx": "throw new Error('loaded');",
    "routes/index.tsx": "export default () => <p>ok</p>;",
  }, async (root) => {
    const apply = await new Builder<unknown>({ root }).build({ snapshot: "memory" });
    const app = new App<unknown>().fsRoutes();
    apply(app);
    expect((await app.handler()(new Request("http://localhost/page_test"))).status).toBe(404);
  });
});

Deno.test("the fixture site ships less than 40 kB of scripts", async () => {
  const outDir = await scratchDir();
  try {
    await new Builder({ root: SITE, outDir, serverEntry: "main.tsx" }).build();
    let bytes = 0;
    for await (const { name } of Deno.readDir(join(outDir, "static/_fresh/js"))) {
      bytes += (await Deno.stat(join(outDir, "static/_fresh/js", name))).size;
    }
    expect(bytes).toBeLessThan(40_000);
  } finally {
    await childrenGone();
    await Deno.remove(outDir, { recursive: true });
  }
});
