/**
 * Python for tests: the system's own for what needs nothing, and an environment with packages for what
 * checks real clients. Where either cannot be had, tests are skipped with a line that says so.
 */
import { join, resolve } from "node:path";

export const root = resolve(import.meta.dirname ?? ".", "../..");

export interface Ran {
  readonly code: number;
  readonly output: string;
}

export async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = root,
): Promise<Ran> {
  try {
    const { code, stdout, stderr } = await new Deno.Command(command, {
      args: [...args],
      cwd,
      env: { PYTHONDONTWRITEBYTECODE: "1", ...env },
    }).output();
    const text = new TextDecoder();
    return { code, output: text.decode(stdout) + text.decode(stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { code: 127, output: `No ${command}` };
    throw error;
  }
}

/**
 * An interpreter with these packages, installed once for the test file.
 *
 * @returns null when they cannot be had here
 */
export async function environmentWith(packages: readonly string[]): Promise<string | null> {
  const folder = join(root, ".artifacts/python", await folderName(packages));
  const python = join(folder, "bin/python");
  const ready = join(folder, "ready");
  if (await isThere(ready)) return python;
  const made = await run("python3", ["-m", "venv", "--clear", folder]);
  const installed = made.code === 0 &&
    (await run(python, [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        ...packages,
      ]))
        .code === 0;
  if (!installed) return null;
  await Deno.writeTextFile(ready, "");
  return python;
}

/** Their names, as far as a file's name goes. */
async function folderName(packages: readonly string[]): Promise<string> {
  const names = packages.join("_").replaceAll(/[^\w.]/g, "-");
  if (names.length <= 100) return names;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(names));
  return `${names.slice(0, 80)}-${new Uint8Array(digest).toHex().slice(0, 16)}`;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}

/** Says why a check did not run, where whoever reads the log sees it. */
export function skip(what: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`skipped: ${what}\n`));
}
