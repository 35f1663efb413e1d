/**
 * Processes of the benchmark: how they are started and ended, and what the system says of them.
 *
 * @module
 */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";

export interface BenchProcess {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a process; `firstLine` is what it prints first. It is killed with SIGTERM, then SIGKILL. */
export async function spawnWithFirstLine(
  args: readonly string[],
): Promise<BenchProcess & { firstLine: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  // deno-lint-ignore no-explicit-any -- node's and the web's stream types differ in name only
  const lines = createInterface({ input: Readable.fromWeb(child.stdout as any) });
  const firstLine = await new Promise<string>((resolve, reject) => {
    lines.once("line", resolve);
    child.status.then(({ code }) => reject(new Error(`Ended with code ${code}`)));
  });
  return { pid: child.pid, firstLine, stop: () => stopChild(child) };
}

/** Ends a process that was started here. */
export async function stopChild(child: Deno.ChildProcess): Promise<void> {
  signal(child, "SIGTERM");
  const kill = setTimeout(() => signal(child, "SIGKILL"), 5_000);
  await child.status;
  clearTimeout(kill);
}

function signal(child: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    child.kill(name);
  } catch {
    // It has ended already.
  }
}

/** Runs one of our files to its end and gives what it printed. */
export async function output(args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** CPU time that a process has used, in microseconds; user and system, its threads included. */
export function cpuMicros(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  // The name in parentheses may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return ticks * 10_000;
}

/** Resident memory in MB. */
export function residentMb(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(Deno.readTextFileSync(`/proc/${pid}/status`));
  return Number(line?.[1] ?? NaN) / 1_024;
}

/** Processes whose parent is `parent`, with their command lines. */
export function childrenOf(parent: number): { pid: number; command: string }[] {
  const found: { pid: number; command: string }[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = Deno.readTextFileSync(`/proc/${name}/stat`);
      const ppid = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      if (ppid !== parent) continue;
      const command = Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ");
      found.push({ pid: Number(name), command });
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}
