/**
 * The recorded exchanges, where they are present: beside the repository, or where
 * `WATCHLLM_CORPUS` says.
 *
 * @module
 */

export interface Exchange {
  readonly id: string;
  readonly source: string;
  readonly host: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

const beside = new URL("../../../shared/corpus/", import.meta.url).pathname;

/** The path of a corpus file, or null when it is not there. */
export function corpusFile(name: string): string | null {
  const path = `${Deno.env.get("WATCHLLM_CORPUS") ?? beside}/${name}`;
  try {
    return Deno.statSync(path).isFile ? path : null;
  } catch {
    return null;
  }
}

/** The lines of a gzipped file of JSON lines. */
export async function readLines<T>(path: string): Promise<T[]> {
  const file = await Deno.open(path);
  const text = await new Response(file.readable.pipeThrough(new DecompressionStream("gzip")))
    .text();
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}
