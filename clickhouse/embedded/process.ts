/**
 * One run of the engine's process: from its start until it listens, and on until it ends.
 *
 * @module
 */
import { behindGateway, standBack } from "./niceness.ts";
import { libraryMissing } from "./exit_code.ts";
import { operatorLine } from "./engine_log.ts";
import { besideThis } from "./platform.ts";
import { engineArguments, listeningPort } from "./settings.ts";

export interface EngineProcess {
  readonly pid: number;
  readonly port: number;
  readonly ended: Promise<Deno.CommandStatus>;
  /** Asks it to end, and kills it when it does not. */
  stop(): Promise<void>;
}

export type EngineStart =
  | { ok: true; process: EngineProcess }
  | { ok: false; reason: "library-missing" }
  | { ok: false; reason: "refused"; message: string };

export interface EngineRun {
  package: string;
  directory: string;
  log: (line: string) => void;
}

/** The first start on a cold disk reads half a gigabyte. */
const readyWithinMs = 60_000;
const killAfterMs = 2_000;

export async function runEngine(run: EngineRun): Promise<EngineStart> {
  const child = spawn(run);
  const ready = Promise.withResolvers<EngineStart>();
  const started = (port: number): EngineProcess => ({ pid: child.pid, port, ended, stop });

  const readOutput = eachLine(child.stdout, async (line) => {
    // At the prompt a failed start does not end the process: it waits for another command.
    if (line.includes("DB::Exception")) return refuse(line);
    const port = await listeningPort(run.directory);
    if (port !== undefined) ready.resolve({ ok: true, process: started(port) });
  });
  let lastLine = "";
  const readErrors = eachLine(child.stderr, (line) => {
    lastLine = line;
    if (line.includes("DB::Exception")) refuse(line);
    const forOperator = operatorLine(line);
    if (forOperator !== undefined) run.log(forOperator);
  });
  const ended = Promise.all([child.status, readOutput, readErrors]).then(([status]) => status);

  function refuse(message: string): void {
    ready.resolve({ ok: false, reason: "refused", message });
  }

  async function stop(): Promise<void> {
    signal(child, "SIGTERM");
    const kill = setTimeout(() => signal(child, "SIGKILL"), killAfterMs);
    await ended;
    clearTimeout(kill);
  }

  const deadline = setTimeout(
    () => refuse(`not ready after ${readyWithinMs / 1000} s`),
    readyWithinMs,
  );
  ended.then((status) => {
    if (status.code === libraryMissing) ready.resolve({ ok: false, reason: "library-missing" });
    else refuse(lastLine || describeEnd(status));
  });
  const outcome = await ready.promise;
  clearTimeout(deadline);
  if (!outcome.ok) await stop();
  return outcome;
}

export function describeEnd({ code, signal }: Deno.CommandStatus): string {
  return signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`;
}

function spawn(run: EngineRun): Deno.ChildProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--cached-only",
      "--frozen",
      `--config=${besideThis("deno.json")}`,
      "--allow-ffi",
      besideThis("launcher.ts"),
      run.package,
      String(Deno.pid),
      run.directory,
      ...engineArguments(run.directory),
    ],
    // ClickHouse reads a config.xml in its working directory, whoever put it there.
    cwd: run.directory,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  standBack(child.pid, behindGateway);
  return child;
}

async function eachLine(
  stream: ReadableStream<Uint8Array>,
  use: (line: string) => void | Promise<void>,
) {
  let rest = "";
  const text = stream.pipeThrough(
    // The library's type asks for any buffer; what comes is a byte array, which it takes.
    new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>,
  );
  for await (const chunk of text) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") await use(line.trimEnd());
  }
  if (rest.trim() !== "") await use(rest.trimEnd());
}

function signal(child: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    child.kill(name);
  } catch (error) {
    // It has ended already, which is what the signal was for.
    if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
  }
}
