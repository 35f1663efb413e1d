/**
 * Streams rows as a file. Headers go out after the first row has come, so that a ClickHouse that is away
 * is an error; one that goes away later breaks the connection, which no client takes for a whole file.
 *
 * @module
 */
import { csvHeader, csvLine } from "@/core/analytics/csv.ts";
import type { LogRow } from "@/core/analytics/types.ts";

export type ExportFormat = "csv" | "jsonl";

interface Writing {
  readonly type: string;
  readonly head: string;
  readonly line: (row: LogRow) => string;
}

const formats: Readonly<Record<ExportFormat, Writing>> = {
  csv: { type: "text/csv; charset=utf-8; header=present", head: csvHeader, line: csvLine },
  jsonl: {
    type: "application/jsonl; charset=utf-8",
    head: "",
    line: (row) => `${JSON.stringify(row)}\n`,
  },
};

/** Rows are gathered up to this many characters: a chunk for each would cost more than the row. */
const chunkLength = 64 * 1024;

export async function exportAnswer(
  format: ExportFormat,
  read: (signal: AbortSignal) => AsyncIterable<LogRow>,
): Promise<Response> {
  const { type, head, line } = formats[format];
  const reading = new AbortController();
  const rows = read(reading.signal)[Symbol.asyncIterator]();
  let text = head;
  let row = await rows.next();

  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      while (!row.done && text.length < chunkLength) {
        text += line(row.value);
        row = await rows.next();
      }
      if (text !== "") controller.enqueue(new TextEncoder().encode(text));
      text = "";
      if (row.done) controller.close();
    },
    async cancel() {
      reading.abort();
      // It was ended on purpose, which is all that it could say.
      await rows.return?.().catch(() => {});
    },
  });

  return new Response(body, {
    headers: {
      "Content-Type": type,
      "Content-Disposition": `attachment; filename="watchllm-events.${format}"`,
      "Cache-Control": "no-store",
    },
  });
}
