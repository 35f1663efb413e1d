/**
 * The engine's process: opens ClickHouse's library and runs `clickhouse local` in it until told to stop.
 *
 * Started by `process.ts` with `--allow-ffi` alone. Guarantees: the server survives malformed connections
 * (a terminal on file descriptor 0, see `libc.ts`), it sees nothing of the environment, SIGTERM stops it
 * within a second, and it does not outlive its parent.
 *
 * @module
 */
import { openLibc, openTerminal } from "./libc.ts";
import { libraryPath } from "./library_path.ts";
import { libraryMissing } from "./exit_code.ts";

/** ClickHouse waits 5 s for idle keep-alive sockets; what it acknowledged is safe against a kill. */
const stopWithinMs = 800;
const parentCheckMs = 250;

const [packageName, parent, directory, ...engineArguments] = Deno.args;
if (packageName === undefined || parent === undefined || directory === undefined) {
  throw new TypeError(
    "Usage: launcher.ts <package> <parent's process id> <directory> <argument>...",
  );
}

const libc = openLibc();
const terminal = openTerminal(libc);
Deno.addSignalListener("SIGTERM", stop);
// Ctrl-C, or closing the terminal, reaches every process of the group; the parent decides when the
// engine goes.
for (const name of ["SIGINT", "SIGHUP"] as const) Deno.addSignalListener(name, () => {});
const parentWatch = setInterval(() => {
  if (Deno.ppid !== Number(parent)) stop();
}, parentCheckMs);

const library = await findLibrary(packageName);
libc.clearEnvironment();
// The local session reads $HOME/.clickhouse-local and writes its history there.
libc.setEnvironment("HOME", directory);
const failure = await runEngine(library, ["clickhouse", ...engineArguments]);
if (failure !== undefined) complain(failure);
libc.exit(failure === undefined ? 0 : 1);

/** Types `exit` at the engine's prompt, and ends the process when that takes too long. */
function stop(): void {
  clearInterval(parentWatch);
  terminal.type("exit\n");
  setTimeout(() => libc.exit(0), stopWithinMs);
}

async function findLibrary(name: string): Promise<string> {
  try {
    return await libraryPath(name);
  } catch (error) {
    complain(String(error));
    return libc.exit(libraryMissing);
  }
}

/** Runs until the engine ends; answers its error message, if any. */
async function runEngine(path: string, args: string[]): Promise<string | undefined> {
  const { symbols } = Deno.dlopen(path, {
    chdb_query_cmdline: { parameters: ["i32", "buffer"], result: "pointer", nonblocking: true },
    chdb_result_error: { parameters: ["pointer"], result: "pointer" },
  });
  const strings = args.map((arg) => new TextEncoder().encode(`${arg}\0`));
  const addresses = strings.map((bytes) => Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)));
  const result = await symbols.chdb_query_cmdline(args.length, new BigUint64Array(addresses));
  keep(strings);
  const message = result === null ? null : symbols.chdb_result_error(result);
  return message === null ? undefined : Deno.UnsafePointerView.getCString(message);
}

/** The engine holds bare addresses: the buffers behind them must not be collected while it runs. */
function keep(_buffers: readonly Uint8Array[]): void {}

function complain(message: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${message}\n`));
}
