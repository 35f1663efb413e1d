/**
 * The `fetch` under the ClickHouse client: turns refusals and silence into `StoreError` while the facts
 * are at hand, and compresses large requests when the server is on another machine.
 *
 * @module
 */
import { errorOfResponse, noAnswer } from "./store_error.ts";

/** Below this, compressing costs more than it saves. */
const compressFromCharacters = 4_096;

export interface HttpOptions {
  fetch: typeof fetch;
  compressRequests: boolean;
}

export function clickhouseFetch({ fetch, compressRequests }: HttpOptions): typeof globalThis.fetch {
  return async function fetchFromClickHouse(input, init) {
    const request = compressRequests ? await compressed(init) : init;
    const response = await fetch(input, request).catch((error) => {
      throw init?.signal?.aborted ? error : noAnswer(error);
    });
    const error = await errorOfResponse(response);
    if (error !== undefined) throw error;
    return response;
  };
}

async function compressed(init: RequestInit | undefined): Promise<RequestInit | undefined> {
  const body = init?.body;
  if (typeof body !== "string" || body.length < compressFromCharacters) return init;
  const headers = new Headers(init?.headers);
  headers.set("content-encoding", "gzip");
  const gzip = new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
  // Bytes, not a stream: a stream cannot be sent again when a kept-alive connection turns out dead.
  return { ...init, headers, body: await new Response(gzip).arrayBuffer() };
}
