/**
 * Runs a program with npm packages that the project itself does not depend on, in a process of its own.
 * Where the registry does not have them the test is skipped, and says so.
 */

const unreachable =
  /npm package '[^']+' does not exist|Could not find npm package|error sending request|Failed (fetching|caching)/i;

export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** Null: the packages could not be fetched. */
export async function runChild(
  source: string,
  env: Readonly<Record<string, string>>,
): Promise<Ran | null> {
  const directory = await Deno.makeTempDir({ prefix: "watchllm-exporter-" });
  try {
    await Deno.writeTextFile(`${directory}/main.js`, source);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--quiet",
        "--no-config",
        "--no-lock",
        "--node-modules-dir=none",
        "main.js",
      ],
      cwd: directory,
      env: { NO_COLOR: "1", ...env },
      stdin: "null",
    }).output();
    const text = new TextDecoder();
    const output = text.decode(stdout) + text.decode(stderr);
    if (code !== 0 && unreachable.test(output)) {
      // deno-lint-ignore no-console -- a skipped check is said aloud
      console.log(`SKIPPED: the npm packages cannot be fetched here: ${output.slice(0, 200)}`);
      return null;
    }
    return { code, output };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
