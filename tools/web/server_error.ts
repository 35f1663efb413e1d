/**
 * What the HTTP server does with an answer that failed on its way out. A stream that the gateway breaks off
 * arrives here too: its client can tell, and its event is on record.
 *
 * @module
 */
import { AppError } from "@/core/error.ts";

type Report = (message: string, details: Readonly<Record<string, unknown>>) => void;

export function onServerError(report: Report): (error: unknown) => Response {
  return (error) => {
    if (!(error instanceof AppError)) report("An answer failed", { reason: String(error) });
    return new Response("Something failed here.\n", { status: 500 });
  };
}
