/**
 * Fetches the ONNX runtime (npm's `onnxruntime-web`, 33 MB) into Deno's own cache, once per machine and
 * only where a model is used.
 *
 * Version and hash are pinned by `deno.json` and `deno.lock` beside this file, which nobody else reads:
 * an installation without a model never downloads it, and the project's own lock stays as it is.
 *
 * @module
 */

/** The runtime cannot be had; the message says why. */
export class OnnxRuntimeAbsent extends Error {
  override readonly name = "OnnxRuntimeAbsent";
}

/** Resolves to the URL of the runtime's module, which has its WebAssembly beside it. */
export async function fetchOnnxRuntime(): Promise<URL> {
  const beside = (name: string) => decodeURIComponent(new URL(name, import.meta.url).pathname);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-env",
      `--config=${beside("deno.json")}`,
      "--frozen",
      beside("locate.ts"),
    ],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const said = new TextDecoder();
  if (!success) {
    throw new OnnxRuntimeAbsent(
      `Cannot fetch onnxruntime-web from npm: ${reason(said.decode(stderr))}`,
    );
  }
  return new URL(said.decode(stdout).trim());
}

function reason(text: string): string {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return (lines.find((line) => line.startsWith("error")) ?? lines[0] ?? "no reason given")
    .slice(0, 300);
}
