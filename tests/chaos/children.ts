/** The processes that the chaos test kills, and how it starts them again. */

const here = (file: string) => new URL(file, import.meta.url).pathname;

export interface Child {
  readonly pid: number;
  /** Ends it as a power cut would: no handler runs. */
  kill(): Promise<void>;
  /** Stops it in its tracks; `resume()` lets it go on as if nothing had happened. */
  freeze(): void;
  resume(): void;
}

export interface Writer extends Child {
  /** Sequence numbers that were acknowledged to us. */
  readonly acknowledged: number[];
}

/** Starts a writer; every acknowledged event is noted before anything else happens to it. */
export function startWriter(log: string, incarnation: number, rate: number): Writer {
  const process = spawn(here("writer.ts"), [log, String(incarnation), String(rate)], "piped");
  const acknowledged: number[] = [];
  const reading = readLines(process.stdout, (line) => acknowledged.push(Number(line)));
  const child = childOf(process);
  return {
    ...child,
    acknowledged,
    async kill() {
      await child.kill();
      await reading;
    },
  };
}

export function startConsumer(log: string, server: object, tokens: "stable" | "unstable"): Child {
  return childOf(spawn(here("consumer.ts"), [log, JSON.stringify(server), tokens], "null"));
}

function spawn(file: string, args: string[], stdout: "piped" | "null"): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", file, ...args],
    cwd: here("../../"),
    stdin: "null",
    stdout,
    stderr: "inherit",
  }).spawn();
}

function childOf(process: Deno.ChildProcess): Child {
  return {
    pid: process.pid,
    async kill() {
      // A frozen process dies of SIGKILL as well.
      process.kill("SIGKILL");
      await process.status;
    },
    freeze: () => process.kill("SIGSTOP"),
    resume: () => process.kill("SIGCONT"),
  };
}

async function readLines(
  stream: ReadableStream<Uint8Array>,
  use: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    // The last one may be cut: a number that is not ended was not acknowledged.
    rest = lines.pop() ?? "";
    for (const line of lines) use(line);
  }
}
