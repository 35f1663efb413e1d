/**
 * Migrations as files: `NNNN_name.sql`, read in order, each with the hash of its text.
 *
 * @module
 */

export interface Migration {
  readonly version: number;
  /** `0001_events`. */
  readonly name: string;
  /** SHA-256 of the file, hex. */
  readonly checksum: string;
  readonly statements: readonly string[];
}

const filePattern = /^(\d{4})_[a-z0-9_]+\.sql$/;

const migrationsDirectory = new URL("./migrations/", import.meta.url);

export async function readMigrations(directory: URL = migrationsDirectory): Promise<Migration[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(directory)) {
    if (filePattern.test(name)) names.push(name);
  }
  names.sort();
  return await Promise.all(
    names.map(async (name) =>
      parseMigration(name, await Deno.readTextFile(new URL(name, directory)))
    ),
  );
}

export async function parseMigration(file: string, text: string): Promise<Migration> {
  const version = filePattern.exec(file)?.[1];
  if (version === undefined) {
    throw new TypeError(`Migration files are named NNNN_name.sql: "${file}" is not`);
  }
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return {
    version: Number(version),
    name: file.replace(/\.sql$/, ""),
    checksum: new Uint8Array(hash).toHex(),
    statements: splitStatements(text),
  };
}

/** A statement ends with a semicolon at the end of a line; `--` comments go to the end of theirs. */
function splitStatements(text: string): string[] {
  const withoutComments = text.replace(/^\s*--.*$/gm, "");
  return withoutComments.split(/;\s*$/m).map((part) => part.trim()).filter((part) => part !== "");
}

/** Whether the statement is one of those that every generation needs for itself. */
export function isPerGeneration(statement: string): boolean {
  return statement.includes("{g}");
}

/** The statement for one generation. */
export function forGeneration(statement: string, generation: number): string {
  return statement.replaceAll("{g}", String(generation));
}
