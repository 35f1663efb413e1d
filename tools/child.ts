/**
 * One child process of the supervisor: started, restarted with growing pauses when it dies, and
 * stopped politely first. It shares our standard output; its standard input is a pipe that closes
 * when this process dies, however it dies, and that is how a child learns to stop.
 *
 * @module
 */
import { standBack } from "@/clickhouse/embedded/niceness.ts";
import { refusedCode } from "./refusal.ts";

export interface ChildOptions {
  readonly name: string;
  readonly args: readonly string[];
  /** Further ones, for the first time that it is started. */
  readonly firstArgs?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** How far it stands back when the processors are busy, 0 to 19. @default {0} */
  readonly niceness?: number;
  readonly say: (line: string) => void;
  /** Aborted when everything stops: a child that ends then is not started again. */
  readonly stopping: AbortSignal;
  /** How long a child may take to stop before it is killed. */
  readonly graceMs?: number;
  /** The child has said what must be changed before it can start: it is not started again. */
  readonly onRefused?: () => void;
}

export interface Child {
  /** Stops it and starts it again, as after a change of its code. */
  restart(): Promise<void>;
  /** Stops it for good. */
  stop(): Promise<void>;
}

const longestPauseMs = 10_000;
const steadyAfterMs = 30_000;

/** Starts `deno …args` and keeps it running until `stop()`. */
export function keepRunning(options: ChildOptions): Child {
  const { name, args, say, stopping, graceMs = 12_000, firstArgs = [] } = options;
  let wanted = true;
  let replacing = false;
  let failures = 0;
  let wake: (() => void) | undefined;
  let process = spawn({ ...options, args: [...args, ...firstArgs] });
  const ended = supervise();

  async function supervise(): Promise<void> {
    while (true) {
      const startedAt = Date.now();
      const status = await process.status;
      // Our end of its pipe would stay open otherwise, one more for each time that it died.
      await process.stdin.close().catch(() => {});
      if (!wanted || stopping.aborted) return;
      if (status.code === refusedCode && !replacing) return options.onRefused?.();
      failures = replacing || Date.now() - startedAt > steadyAfterMs ? 0 : failures + 1;
      if (!replacing) {
        const pause = Math.min(longestPauseMs, 100 * 2 ** failures);
        say(`${name} ended (${describe(status)}); it is started again in ${pause} ms`);
        await sleep(pause);
      }
      if (!wanted || stopping.aborted) return;
      replacing = false;
      process = spawn(options);
    }
  }

  /** Ends early when the child is stopped meanwhile. */
  function sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      wake = done;
      function done() {
        clearTimeout(timer);
        wake = undefined;
        resolve();
      }
    });
  }

  async function end(): Promise<void> {
    const target = process;
    const kill = setTimeout(() => signal(target, "SIGKILL"), graceMs);
    signal(target, "SIGTERM");
    await target.status;
    clearTimeout(kill);
  }

  return {
    async restart() {
      replacing = true;
      await end();
    },
    async stop() {
      wanted = false;
      wake?.();
      await end();
      await ended;
    },
  };
}

function spawn({ args, env, niceness = 0 }: ChildOptions): Deno.ChildProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { ...env },
    stdin: "piped",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  if (niceness > 0) standBack(child.pid, niceness);
  return child;
}

function signal(process: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    process.kill(name);
  } catch {
    // It has ended already; `status` says how.
  }
}

function describe(status: Deno.CommandStatus): string {
  return status.signal ?? `code ${status.code}`;
}
