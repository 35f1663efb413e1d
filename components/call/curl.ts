/**
 * A call as a command that makes it again, through this installation. The key is a placeholder: keys
 * are not kept where a page could show them.
 *
 * @module
 */

import { pathPart } from "../page_url.ts";

interface CurlOptions {
  /** Where this installation answers. */
  readonly origin: string;
  readonly event: { readonly provider: string; readonly method: string; readonly path: string };
  /** The request's body as it was sent; null when it was not kept. */
  readonly body: string | null;
}

/** Longer commands than this are refused by shells. */
const longestBody = 100_000;

/**
 * @example
 * ```ts
 * import { curlOf } from "@/components/call/curl.ts";
 * import { expect } from "expect";
 *
 * const event = { provider: "openai", method: "POST", path: "/v1/chat/completions" };
 * expect(curlOf({ origin: "http://localhost:8787", event, body: `{"it's":1}` })).toBe(
 *   `curl -X POST 'http://localhost:8787/proxy/openai/v1/chat/completions' \\\n` +
 *     `  -H 'Authorization: Bearer wl_live_...' \\\n` +
 *     `  -H 'Content-Type: application/json' \\\n` +
 *     `  --data-raw '{"it'\\''s":1}'`,
 * );
 * ```
 */
export function curlOf({ origin, event, body }: CurlOptions): string {
  const { provider, method, path } = event;
  const address = `${origin}/proxy/${pathPart(provider)}${path}`;
  const lines = [
    `curl -X ${/^[A-Z]+$/.test(method) ? method : "POST"} ${quoted(address)}`,
    `  -H ${quoted("Authorization: Bearer wl_live_...")}`,
  ];
  if (body !== null && body.length <= longestBody) {
    lines.push(`  -H ${quoted("Content-Type: application/json")}`, `  --data-raw ${quoted(body)}`);
  }
  return lines.join(" \\\n");
}

/** For a POSIX shell: nothing inside of single quotes means anything but the quote itself. */
function quoted(text: string): string {
  // A null ends a command wherever it stands.
  return `'${text.replaceAll("\0", "").replaceAll("'", "'\\''")}'`;
}
