/**
 * A way to a server that brings its pages in small parts, as a slow network does, so that the browser
 * draws what has come so far.
 */

export interface SlowParts extends AsyncDisposable {
  /** Where the pages come in parts. */
  readonly url: string;
}

const partBytes = 1_200;
/** About as long as a browser takes to draw. Were it too short, less would be seen, and nothing wrong. */
const pauseMs = 25;

export function slowParts(target: string): SlowParts {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      const headers = new Headers(request.headers);
      headers.delete("host");
      const answer = await fetch(target + pathname + search, { headers, redirect: "manual" });
      const isPage = answer.headers.get("content-type")?.startsWith("text/html");
      if (!isPage) return answer;
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const { status } = answer;
      const rest = new Headers(answer.headers);
      rest.delete("content-length");
      return new Response(inParts(bytes), { status, headers: rest });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function inParts(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      controller.enqueue(bytes.subarray(at, at += partBytes));
      if (at >= bytes.length) return controller.close();
      await new Promise((done) => setTimeout(done, pauseMs));
    },
  });
}
