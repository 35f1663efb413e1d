/** What a benchmark found, ready to be printed beside others. */
export interface BenchTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** How it was measured, and what to keep in mind. */
  readonly notes: readonly string[];
}
