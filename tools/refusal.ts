/**
 * What ends a command with a sentence for the operator instead of a stack trace.
 *
 * @module
 */
import { errorMessage } from "@/core/caught.ts";

/** The exit code of a command that cannot work as it is called or configured: trying again is no use. */
export const refusedCode = 2;

/** Its message is the sentence. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  /** @param code 2 when something must be changed first, 1 when another time may do */
  constructor(message: string, readonly code: 1 | 2 = refusedCode) {
    super(message);
  }
}

/**
 * What to say of an error that stops a command, and its exit code; null when it is a fault of ours, whose
 * stack trace is wanted. `help` is the command that tells which arguments there are.
 */
export function refusalOf(error: unknown, help: string): { text: string; code: 1 | 2 } | null {
  if (error instanceof Refusal) return { text: error.message, code: error.code };
  if (isBadArgument(error)) {
    return { text: `${error.message}\nWhat it takes: ${help}`, code: refusedCode };
  }
  if (!isOfTheFileSystem(error)) return null;
  return { text: `A file cannot be used: ${errorMessage(error)}.`, code: 1 };
}

/** The exit code of a tool's `main`, or that of its refusal, which is said. */
export async function exitCode(
  main: () => Promise<number>,
  help: string,
  say: (line: string) => void,
): Promise<number> {
  try {
    return await main();
  } catch (error) {
    const refusal = refusalOf(error, help);
    if (!refusal) throw error;
    say(refusal.text);
    return refusal.code;
  }
}

/** What `parseArgs` throws for an option that a command does not have. */
function isBadArgument(error: unknown): error is TypeError {
  return error instanceof TypeError && "code" in error &&
    String(error.code).startsWith("ERR_PARSE_ARGS_");
}

/** Rights, full disks, and directories where files should be. */
function isOfTheFileSystem(error: unknown): boolean {
  return error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.IsADirectory ||
    error instanceof Deno.errors.NotADirectory ||
    error instanceof Deno.errors.FilesystemLoop ||
    error instanceof Error && /\(os error (28|30)\)/.test(error.message);
}
