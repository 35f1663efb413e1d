/**
 * What the SDKs cost their host: processor time of a `span()`, and what the TypeScript one weighs in a
 * bundle. Each measurement is a process of its own, so that nothing else of this one is counted; what is
 * sent goes to a server in another.
 *
 * @module
 */
import { build, stop } from "esbuild";
import { gzipSync } from "node:zlib";
import type { BenchTable } from "./table.ts";

export interface SdkBenchOptions {
  /** Spans of a round. @default {50_000} */
  readonly spans?: number;
  /** @default {3} */
  readonly rounds?: number;
  /** Takes progress lines. */
  readonly log?: (line: string) => void;
}

/** What a measured process prints. */
interface Host {
  /** Processor time until `span()` has returned, in microseconds. */
  readonly callUs: number;
  /** All processor time of the host, sending included, in microseconds. */
  readonly cpuUs: number;
}

export async function benchSdk(options: SdkBenchOptions = {}): Promise<BenchTable> {
  const { spans = 50_000, rounds = 3, log = () => {} } = options;
  const sink = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, acknowledge);
  const url = `http://127.0.0.1:${sink.addr.port}`;
  try {
    const rows: string[][] = [];
    for (const [name, program, args] of hosts) {
      log(`Measuring ${name}`);
      const found: Host[] = [];
      for (let round = 0; round < rounds; round++) {
        const host = await run(program, [...args, url, `${spans}`]);
        if (host) found.push(host);
      }
      rows.push([name, median(found, "callUs"), median(found, "cpuUs")]);
    }
    log("Bundling");
    for (const [name, code] of bundles) {
      const { minified, gzipped } = await weigh(code);
      rows.push([`bundle: ${name}`, `${kb(minified)} kB`, `${kb(gzipped)} kB gzip`]);
    }
    return {
      title: "SDKs in their host",
      columns: ["what", "CPU until span() returned, µs", "all CPU of the host, µs"],
      rows,
      notes: [
        `Medians of ${rounds} rounds of ${
          spans.toLocaleString("en")
        } spans with a name, an input and an output inside a trace, into a queue that takes them all; the second figure has the sending of them, compressed, in batches of 100, as well.`,
        "Bundles: esbuild, minified, for browsers; goal for the core: below 8 kB gzip.",
      ],
    };
  } finally {
    await sink.shutdown();
  }
}

async function acknowledge(request: Request): Promise<Response> {
  const compressed = request.headers.get("content-encoding") === "gzip";
  const body = request.body && compressed
    ? request.body.pipeThrough(new DecompressionStream("gzip"))
    : request.body;
  const { events } = await new Response(body).json();
  return Response.json({ results: Array.from(events, () => ({ id: null, status: 201 })) });
}

const typescript = new URL("./sdk_host.ts", import.meta.url).pathname;
const python = new URL("./sdk_host.py", import.meta.url).pathname;

const hosts: readonly (readonly [name: string, program: string, args: readonly string[]])[] = [
  ["TypeScript, span()", Deno.execPath(), ["run", "-A", "--quiet", typescript]],
  ["Python, span()", "python3", [python]],
];

/** Null where the program is not installed. */
async function run(program: string, args: readonly string[]): Promise<Host | null> {
  try {
    const { stdout, success, stderr } = await new Deno.Command(program, {
      args: [...args],
      cwd: new URL("../", import.meta.url),
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** What an application imports, from the least on. */
const bundles: readonly (readonly [name: string, code: string])[] = [
  ["the core", 'export { WatchLLM } from "./mod.ts";'],
  ["everything", 'export * from "./mod.ts";'],
];

async function weigh(contents: string): Promise<{ minified: number; gzipped: number }> {
  try {
    const { outputFiles } = await build({
      stdin: {
        contents,
        resolveDir: new URL("../sdk/typescript/", import.meta.url).pathname,
        loader: "ts",
      },
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform: "browser",
      target: "es2022",
      external: ["node:*"],
    });
    const bytes = outputFiles[0]?.contents ?? new Uint8Array();
    return { minified: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length };
  } finally {
    await stop();
  }
}

function median(found: readonly Host[], name: keyof Host): string {
  const values = found.map((host) => host[name]).sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)]?.toFixed(1) ?? "not installed";
}

function kb(bytes: number): string {
  return (bytes / 1_000).toFixed(1);
}
