/**
 * A server between SDK and product that does what networks and overloaded servers do: refuses, hangs,
 * answers 429 and 500, and loses answers of requests that were carried out.
 */

export interface FaultyProxy extends AsyncDisposable {
  readonly url: string;
  /** Requests by what was done to them. */
  readonly done: Readonly<Record<Fault, number>>;
}

const faults = ["passed", "refused", "hung", "busy", "failed", "halved"] as const;
type Fault = typeof faults[number];

/** `target` may change while it runs: the product comes up again on another port. */
export function serveFaults(target: () => string, random: () => number): FaultyProxy {
  const done: Record<Fault, number> = {
    passed: 0,
    refused: 0,
    hung: 0,
    busy: 0,
    failed: 0,
    halved: 0,
  };
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const fault = faultOf(random());
    done[fault]++;
    const body = await request.arrayBuffer();
    switch (fault) {
      case "refused":
        return new Response(null, { status: 503 });
      case "busy":
        return new Response(null, { status: 429, headers: { "retry-after": "0" } });
      case "failed":
        return new Response("<html>Bad gateway</html>", { status: 502 });
      case "hung":
        // Longer than any client of the test waits.
        await new Promise((resolve) => setTimeout(resolve, 3_000));
        return new Response();
    }
    const { pathname } = new URL(request.url);
    let answer: Response;
    try {
      answer = await fetch(target() + pathname, {
        method: request.method,
        headers: request.headers,
        body,
      });
    } catch {
      // The product is being killed: whether it took the request is not known.
      return new Response(null, { status: 502 });
    }
    const text = await answer.text();
    const sent = fault === "halved" ? text.slice(0, text.length / 2) : text;
    return new Response(sent, {
      status: answer.status,
      headers: { "content-type": "application/json" },
    });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    done,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function faultOf(chance: number): Fault {
  if (chance < 0.05) return "refused";
  if (chance < 0.10) return "busy";
  if (chance < 0.15) return "failed";
  if (chance < 0.25) return "halved";
  if (chance < 0.26) return "hung";
  return "passed";
}
