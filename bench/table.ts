/** What a benchmark found, ready to be printed beside others. */
export interface BenchTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** How it was measured, and what to keep in mind. */
  readonly notes: readonly string[];
}

/**
 * The table in Markdown, its notes as a list below.
 *
 * @example
 * ```ts
 * import { toMarkdown } from "@/bench/table.ts";
 * import { expect } from "expect";
 *
 * const text = toMarkdown({ title: "T", columns: ["a", "b"], rows: [["1", "2"]], notes: ["n"] });
 * expect(text).toBe("## T\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n- n\n");
 * ```
 */
export function toMarkdown({ title, columns, rows, notes }: BenchTable): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const table = [line(columns), line(columns.map(() => "---")), ...rows.map(line)];
  const blocks = [`## ${title}`, table.join("\n"), notes.map((note) => `- ${note}`).join("\n")];
  return blocks.filter((block) => block !== "").join("\n\n") + "\n";
}
