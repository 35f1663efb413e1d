/**
 * Short ways to put a question to a simulator without a port.
 *
 * @module
 */
import type { Simulator } from "@/tools/simulator/contract.ts";

export type Json = Record<string, unknown>;

/** Posts a body and returns the answer. */
export function post(
  simulator: Simulator,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return simulator.fetch(
    new Request(`http://simulator${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    }),
  );
}

/** The JSON of each `data:` line of an event stream, `[DONE]` left out. */
export async function events(response: Response): Promise<Json[]> {
  return (await response.text()).split(/\r?\n\r?\n/).flatMap((block) => {
    const data = block.split(/\r?\n/).find((line) => line.startsWith("data: "))?.slice(6);
    return data && data !== "[DONE]" ? [JSON.parse(data)] : [];
  });
}

export const user = (content: string) => [{ role: "user", content }];
