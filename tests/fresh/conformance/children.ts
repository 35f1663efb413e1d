/**
 * Waits for the bundler's process to be gone. A build asks it to stop but is not told when it has,
 * and a test must not leave a process behind.
 */

const DEADLINE_MS = 60_000;

/** Resolves when no bundler is a child of this process any more. Other test files have other children. */
export async function childrenGone(): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (await hasBundlers()) {
    if (Date.now() > deadline) throw new Error("A child process is still there");
    await tick(5);
  }
  // It has been reaped; those who wait for its end hear of it within the next turns.
  for (let turn = 0; turn < 5; turn++) await tick(1);
}

async function hasBundlers(): Promise<boolean> {
  for await (const { name } of Deno.readDir("/proc")) {
    if (/^\d+$/.test(name) && await isBundler(name)) return true;
  }
  return false;
}

/** Whether it is one of ours. One that has ended is until it is reaped: its name stays so long. */
async function isBundler(pid: string): Promise<boolean> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    // The name stands in parentheses and may hold anything; state and parent follow it.
    const end = stat.lastIndexOf(")");
    const parent = Number(stat.slice(end + 2).split(" ")[1]);
    return parent === Deno.pid && stat.slice(0, end).includes("esbuild");
  } catch {
    return false;
  }
}

function tick(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
