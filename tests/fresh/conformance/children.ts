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
  // The system has reaped it; the runtime learns of it a moment later.
  await tick(0);
}

async function hasBundlers(): Promise<boolean> {
  for await (const { name } of Deno.readDir("/proc")) {
    if (/^\d+$/.test(name) && await parentOf(name) === Deno.pid && await isBundler(name)) {
      return true;
    }
  }
  return false;
}

async function parentOf(pid: string): Promise<number | null> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    // The name stands in parentheses and may hold anything; state and parent follow it.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return null;
  }
}

async function isBundler(pid: string): Promise<boolean> {
  try {
    return (await Deno.readTextFile(`/proc/${pid}/cmdline`)).includes("esbuild");
  } catch {
    return false;
  }
}

function tick(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
