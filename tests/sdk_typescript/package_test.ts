/** What is published: documented, without slow types, small, and of use in Node. */
import { build, stop } from "esbuild";
import { expect } from "expect";
import { join, resolve } from "node:path";
import { childrenGone } from "@/tests/fresh/conformance/children.ts";

const folder = resolve(import.meta.dirname ?? ".", "../../sdk/typescript");

async function run(command: string, args: string[], cwd = folder) {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout) + text.decode(stderr) };
}

const deno = (...args: string[]) => run(Deno.execPath(), args);

Deno.test("every export is documented, and none refers to what is not exported", async () => {
  expect(await deno("doc", "--lint", "mod.ts")).toMatchObject({ code: 0 });
});

Deno.test("it can be published without slow types", async () => {
  const { code, out } = await deno("publish", "--dry-run", "--allow-dirty");
  expect(out).toContain("Dry run complete");
  expect(code).toBe(0);
});

Deno.test("it has no dependencies, and its core is below 8 kB", async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: 'export { WatchLLM } from "./mod.ts";', resolveDir: folder },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
  });
  await stop();
  await childrenGone();
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  expect(imports.filter(({ external }) => external)).toEqual([]);
  const packed = new Blob([outputFiles[0]?.text ?? ""]).stream().pipeThrough(
    new CompressionStream("gzip"),
  );
  expect((await new Response(packed).arrayBuffer()).byteLength).toBeLessThan(8 * 1024);
});

Deno.test("the npm tarball works in Node, types included", async () => {
  const directory = await Deno.makeTempDir({ prefix: "watchllm-sdk-" });
  try {
    const tarball = join(directory, "sdk.tgz");
    expect(await deno("pack", "--allow-dirty", "-o", tarball)).toMatchObject({ code: 0 });
    await Deno.writeTextFile(join(directory, "package.json"), '{"type":"module","private":true}');
    expect(await run("npm", ["install", "--no-audit", "--no-fund", tarball], directory))
      .toMatchObject({ code: 0 });
    await Deno.writeTextFile(
      join(directory, "main.js"),
      `import { createServer } from "node:http";
       import { WatchLLM, verifyWebhook } from "@watchllm/sdk";
       const server = createServer((request, response) => {
         let body = "";
         request.on("data", (chunk) => body += chunk);
         request.on("end", () => {
           const { events } = JSON.parse(body);
           for (const event of events) console.log(event.type, event.name, event.parent_span_id ? "inside" : "root");
           response.end(JSON.stringify({ results: events.map(() => ({ id: null, status: 201 })) }));
           server.close();
           server.closeAllConnections();
         });
       });
       server.listen(0, "127.0.0.1", async () => {
         const watch = new WatchLLM({ apiKey: "k", baseUrl: "http://127.0.0.1:" + server.address().port });
         await watch.trace("t", async () => {
           await new Promise((resolve) => setTimeout(resolve, 5));
           watch.span("s", () => {});
         });
         console.log(typeof verifyWebhook);
         // The host ends by itself, and the events go with it.
       });`,
    );
    const { code, out } = await run("node", ["main.js"], directory);
    expect(out.trim().split("\n")).toEqual(["function", "span s inside", "span t root"]);
    expect(code).toBe(0);
    const manifest = JSON.parse(
      await Deno.readTextFile(join(directory, "node_modules/@watchllm/sdk/package.json")),
    );
    expect(manifest).toMatchObject({ name: "@watchllm/sdk", type: "module" });
    expect(manifest.dependencies ?? {}).toEqual({});
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
