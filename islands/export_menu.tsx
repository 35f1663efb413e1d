/**
 * The filtered calls as a file. Without script the entries are links; with it the file comes with its
 * progress and can be stopped.
 *
 * @module
 */
import { useRef, useState } from "preact/hooks";
import { download, type Progress } from "@/components/requests/download.ts";
import { exactCount, formatBytes } from "@/components/format.ts";
import { Icon } from "@/components/icon.tsx";

interface ExportMenuProps {
  readonly query: Readonly<Record<string, string | string[]>>;
  /** Calls that will be in the file; null when that is not known. */
  readonly total: number | null;
}

type Phase =
  | { readonly phase: "idle" }
  | { readonly phase: "running"; readonly progress: Progress }
  | { readonly phase: "done"; readonly progress: Progress }
  | { readonly phase: "failed"; readonly message: string };

const formats = [
  { format: "csv", label: "CSV", what: "for spreadsheets; formulas are made text" },
  { format: "jsonl", label: "JSON lines", what: "one call a line" },
] as const;

/** More calls than this are not gathered in memory: the browser saves them by itself. */
const mostGathered = 400_000;

export function ExportMenu({ query, total }: ExportMenuProps) {
  const [state, setState] = useState<Phase>({ phase: "idle" });
  const stop = useRef<AbortController | null>(null);

  const begin = async (event: MouseEvent, address: string, format: string) => {
    if (total !== null && total > mostGathered) return;
    event.preventDefault();
    stop.current?.abort();
    const end = stop.current = new AbortController();
    const onProgress = (progress: Progress) => setState({ phase: "running", progress });
    onProgress({ rows: 0, bytes: 0 });
    try {
      const progress = await download(address, `watchllm-calls.${format}`, {
        signal: end.signal,
        onProgress,
      });
      setState({ phase: "done", progress });
    } catch (error) {
      const message = error instanceof Error ? error.message : "The file could not be read.";
      setState(end.signal.aborted ? { phase: "idle" } : { phase: "failed", message });
    }
  };

  return (
    <>
      <button type="button" class="control" popovertarget="export-menu">
        <Icon name="download" />
        <span class="wide-only">Export</span>
        <span class="sr">, export these calls</span>
      </button>
      <div id="export-menu" class="menu anchored export-menu" popover="auto">
        <ul role="list" aria-label="Export">
          {formats.map(({ format, label, what }) => {
            const address = exportAddress(query, format);
            return (
              <li key={format}>
                <a href={address} download onClick={(event) => begin(event, address, format)}>
                  {label}
                  <span class="small muted">{what}</span>
                </a>
              </li>
            );
          })}
        </ul>
        <div class="pad-small small num" role="status">
          {state.phase === "running" && (
            <p>
              <Amount progress={state.progress} total={total} />{" "}
              <button type="button" class="link" onClick={() => stop.current?.abort()}>Stop</button>
            </p>
          )}
          {state.phase === "running" && (
            <progress max={total ?? 1} value={total ? state.progress.rows : undefined}>
              {state.progress.rows}
            </progress>
          )}
          {state.phase === "done" && (
            <p>
              Saved: <Amount progress={state.progress} total={null} />
            </p>
          )}
          {state.phase === "failed" && <p class="error-text">{state.message}</p>}
        </div>
      </div>
    </>
  );
}

function Amount({ progress, total }: { progress: Progress; total: number | null }) {
  return (
    <span>
      {exactCount(progress.rows)}
      {total !== null && ` of ${exactCount(total)}`} calls, {formatBytes(progress.bytes)}
    </span>
  );
}

function exportAddress(query: ExportMenuProps["query"], format: string): string {
  const params = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) params.append(name, each);
  }
  return `/v1/analytics/export?${params}`;
}
