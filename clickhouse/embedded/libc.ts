/**
 * The few C library calls the launcher needs, by foreign function interface.
 *
 * Why a pseudo-terminal: with a standard input that is no terminal, `clickhouse local` installs an error
 * handler that aborts the whole server on the first malformed or abandoned connection
 * (ClickHouse issue 115666, fixed after 26.7). With a terminal and `--interactive` it does not.
 *
 * @module
 */

export type Libc = ReturnType<typeof openLibc>;

const O_RDWR = 2;
const O_NOCTTY = 0o400;
const O_CLOEXEC = 0o2000000;

export function openLibc() {
  const { symbols } = Deno.dlopen("libc.so.6", {
    posix_openpt: { parameters: ["i32"], result: "i32" },
    grantpt: { parameters: ["i32"], result: "i32" },
    unlockpt: { parameters: ["i32"], result: "i32" },
    ptsname: { parameters: ["i32"], result: "pointer" },
    open: { parameters: ["pointer", "i32"], result: "i32" },
    dup2: { parameters: ["i32", "i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
    write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    clearenv: { parameters: [], result: "i32" },
    setenv: { parameters: ["buffer", "buffer", "i32"], result: "i32" },
    _exit: { parameters: ["i32"], result: "void" },
  });
  return {
    symbols,
    clearEnvironment(): void {
      symbols.clearenv();
    },
    setEnvironment(name: string, value: string): void {
      symbols.setenv(cString(name), cString(value), 1);
    },
    /** Ends at once: the library's own exit handlers may wait for its threads. */
    exit(code: number): never {
      symbols._exit(code);
      throw new Error("unreachable: the process has ended");
    },
  };
}

/** Makes a pseudo-terminal and puts its far end on file descriptor 0. */
export function openTerminal({ symbols }: Libc) {
  const near = must("posix_openpt", symbols.posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  must("grantpt", symbols.grantpt(near));
  must("unlockpt", symbols.unlockpt(near));
  const far = must("open", symbols.open(symbols.ptsname(near), O_RDWR | O_NOCTTY));
  must("dup2", symbols.dup2(far, 0));
  symbols.close(far);
  return {
    type(text: string): void {
      const bytes = new TextEncoder().encode(text);
      symbols.write(near, bytes, BigInt(bytes.length));
    },
  };
}

function must(call: string, result: number): number {
  if (result < 0) throw new Error(`Cannot open a pseudo-terminal: ${call} failed`);
  return result;
}

function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
