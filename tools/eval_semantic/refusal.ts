/**
 * What a command cannot do as it was asked, in a sentence for the person who asked.
 *
 * @module
 */
import { errorMessage } from "@/core/caught.ts";

export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** The work's result; what goes wrong in it becomes a refusal that says at what. */
export async function orRefuse<T>(at: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Refusal(`${at}: ${errorMessage(error)}`);
  }
}

/** A number of an option; absent without a value. */
export function numberOf(
  option: string,
  value: string,
  { least, most, whole = false }: {
    readonly least: number;
    readonly most: number;
    readonly whole?: boolean;
  },
): number {
  const number = Number(value);
  const fits = value.trim() !== "" && number >= least && number <= most &&
    (!whole || Number.isInteger(number));
  if (fits) return number;
  throw new Refusal(
    `--${option} must be a ${whole ? "whole " : ""}number from ${least} to ${most}.`,
  );
}

/** Runs a command; a refusal is said and leaves with 2. */
export async function refusing(
  complain: (line: string) => void,
  command: () => Promise<number>,
): Promise<number> {
  try {
    return await command();
  } catch (error) {
    // `parseArgs` throws such errors for options that it does not know.
    const isUsage = error instanceof TypeError && "code" in error;
    if (!(error instanceof Refusal) && !isUsage) throw error;
    complain(error.message);
    return 2;
  }
}
