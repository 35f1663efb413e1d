/** A server in WatchLLM's place that takes events as told, and remembers each by its id. */
import type { WatchEvent } from "@watchllm/sdk";

export type Answer = (
  events: readonly WatchEvent[],
  request: Request,
) => Response | Promise<Response> | null;

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  /** What was acknowledged, by event id, in the order of arrival. */
  readonly taken: Map<string, WatchEvent>;
  /** How often each id came to be acknowledged. */
  readonly times: Map<string, number>;
  readonly requests: { path: string; authorization: string | null; encoding: string | null }[];
}

/** `answer` may answer in the server's place; null lets it take the batch. */
export function serveEvents(answer: Answer = () => null): TestServer {
  const taken = new Map<string, WatchEvent>();
  const times = new Map<string, number>();
  const requests: TestServer["requests"] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const encoding = request.headers.get("content-encoding");
    requests.push({
      path: new URL(request.url).pathname,
      authorization: request.headers.get("authorization"),
      encoding,
    });
    const body = encoding === "gzip"
      ? request.body?.pipeThrough(new DecompressionStream("gzip"))
      : request.body;
    const { events } = await new Response(body).json();
    const other = await answer(events, request);
    if (other) return other;
    for (const event of events) {
      taken.set(event.event_id, event);
      times.set(event.event_id, (times.get(event.event_id) ?? 0) + 1);
    }
    return Response.json({
      results: events.map(({ event_id }: WatchEvent) => ({ id: event_id, status: 201 })),
    });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    taken,
    times,
    requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
