import { expect } from "expect";
import fc from "fast-check";
import { csvHeader, csvLine } from "@/core/analytics/csv.ts";
import type { LogRow } from "@/core/analytics/types.ts";

const row: LogRow = {
  event_id: "e1",
  type: "call.completed",
  timestamp: "2026-03-01T10:00:00.000Z",
  provider: "openai",
  model: "gpt-4o",
  status: "success",
  status_code: 200,
  stream: false,
  cache: "MISS",
  tokens_input: 10,
  tokens_output: 20,
  tokens_cache_read: 0,
  tokens_cache_write: 0,
  tokens_reasoning: 0,
  cost_usd: "0.000000000001",
  price_source: "genai-prices",
  latency_ms: 12.5,
  ttft_ms: null,
  user_id: "u",
  session_id: null,
  trace_id: null,
  span_id: null,
  properties: {},
};

/** A reader of RFC 4180, strict about quotes and line breaks. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const match = field.exec(text);
    if (!match) throw new Error(`Not RFC 4180 at ${at}: ${text.slice(at, at + 40)}`);
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === ",") continue;
    rows.push(fields);
    fields = [];
  }
  return rows;
}

Deno.test("a row is one line with a field for each column", () => {
  const [header = [], line = []] = readCsv(csvHeader + csvLine(row));
  const read = Object.fromEntries(header.map((name, i) => [name, line[i]]));
  expect(Object.keys(read)).toEqual(Object.keys(row));
  expect(read).toMatchObject({
    event_id: "e1",
    cost_usd: "0.000000000001",
    latency_ms: "12.5",
    ttft_ms: "",
    stream: "false",
    properties: "{}",
  });
});

Deno.test("any text comes back from CSV as it was, or with the mark that keeps it from running", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string(),
    fc.stringMatching(/^[=+@-].*$/),
  );
  fc.assert(
    fc.property(text, text, text, (user_id, model, value) => {
      const written = csvLine({ ...row, user_id, model, properties: { value } });
      const [line = []] = readCsv(written);
      expect(line).toHaveLength(Object.keys(row).length);
      for (const [index, original] of [[4, model], [18, user_id]] as const) {
        const read = line[index] ?? "";
        expect(read === original || read === `'${original}`).toBe(true);
        expect(read).not.toMatch(/^[=+\-@\t\r\n]/);
      }
      expect(JSON.parse(line[22] ?? "")).toEqual({ value });
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("what a spreadsheet would run is marked as text", () => {
  for (const formula of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"]) {
    const [line = []] = readCsv(csvLine({ ...row, user_id: formula }));
    expect(line[18]).toBe(`'${formula}`);
  }
});
