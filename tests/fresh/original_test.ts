/**
 * The conformance suite on Fresh itself. It needs the registry that Fresh is published on; without
 * it the test is skipped and says so. It runs in a copy of the suite whose `deno.json` is
 * `deno.fresh.json`, so that the islands' code is resolved by it as well.
 */
import { expect } from "expect";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const REGISTRY = "https://jsr.io/@fresh/core/meta.json";
const PATIENCE_MS = 3_000;

/** Whether the registry answers; says so when it does not. */
async function isReachable(): Promise<boolean> {
  try {
    const response = await fetch(REGISTRY, { signal: AbortSignal.timeout(PATIENCE_MS) });
    await response.body?.cancel();
    if (response.ok) return true;
  } catch {
    // Told below: without the registry there is nothing to compare with.
  }
  // deno-lint-ignore no-console -- tells the reader of the log why nothing is compared
  console.log(`skipped: ${REGISTRY} can't be reached`);
  return false;
}

/** Copies files below a folder. */
async function copyAll(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory) await copyAll(source, target);
    else await Deno.copyFile(source, target);
  }
}

const ignore = !await isReachable();

Deno.test({ name: "Fresh itself passes the conformance suite", ignore }, async () => {
  const copy = await Deno.makeTempDir();
  try {
    await Deno.copyFile(join(ROOT, "deno.fresh.json"), join(copy, "deno.json"));
    for (const part of ["conformance", "site"]) {
      await copyAll(join(ROOT, "tests/fresh", part), join(copy, "tests/fresh", part));
    }
    const suite = "tests/fresh/conformance_test.ts";
    await Deno.copyFile(join(ROOT, suite), join(copy, suite));
    const command = new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-lock", suite],
      cwd: copy,
      env: { NO_COLOR: "1" },
    });
    const { success, stdout, stderr } = await command.output();
    const decoder = new TextDecoder();
    const log = decoder.decode(stdout) + decoder.decode(stderr);
    expect(success ? "passed" : log).toBe("passed");
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
});
