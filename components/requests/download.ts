/**
 * Saves a file while telling how far it is. A file that breaks off is not saved: half an export looks
 * like a whole one.
 *
 * @module
 */

export interface Progress {
  /** Lines so far, without a header; a line break inside of a field counts as well. */
  readonly rows: number;
  readonly bytes: number;
}

export interface DownloadOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** Told at most this often, so that telling does not slow it down. */
const tellEveryMs = 100;
const lineFeed = 10;

/** Resolves when the file was given to the browser. */
export async function download(
  address: string,
  name: string,
  { signal, onProgress }: DownloadOptions,
): Promise<Progress> {
  const answer = await fetch(address, { signal });
  if (!answer.ok || !answer.body) {
    const message = await answer.json().then((body) => body?.error?.message).catch(() => null);
    throw new Error(message ?? `The server answered ${answer.status}.`);
  }
  const header = answer.headers.get("content-type")?.includes("csv") ? 1 : 0;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let [lines, bytes, toldAt] = [0, 0, 0];
  const reader = answer.body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    parts.push(read.value);
    bytes += read.value.length;
    for (const byte of read.value) if (byte === lineFeed) lines++;
    if (performance.now() - toldAt < tellEveryMs) continue;
    toldAt = performance.now();
    onProgress({ rows: Math.max(0, lines - header), bytes });
  }
  const type = answer.headers.get("content-type") ?? "application/octet-stream";
  save(new Blob(parts, { type }), name);
  return { rows: Math.max(0, lines - header), bytes };
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has to have begun before the address goes.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
