/**
 * The provider of the benchmark of usage, as a process of its own: it answers with the sample that
 * `x-answer` names, under its own type, or, for `raw`, under one that nobody reads.
 *
 * @module
 */
import { answers } from "./answers.ts";

export interface UsageUpstream extends AsyncDisposable {
  readonly url: string;
}

export async function startUsageUpstream(): Promise<UsageUpstream> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", import.meta.filename ?? ""],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  const port = Number(new TextDecoder().decode(value));
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await reader.cancel();
      await child.status;
    },
  };
}

function answer(request: Request): Response {
  const [way, ...name] = (request.headers.get("x-answer") ?? "").split(" ");
  const sample = answers.find((one) => one.name === name.join(" "));
  if (!sample) return new Response(null, { status: 404 });
  const headers = {
    "content-type": way === "raw" ? "application/octet-stream" : sample.contentType,
  };
  if (sample.pieces.length === 1) return new Response(sample.bytes, { headers });
  let next = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = sample.pieces[next++];
      if (piece) controller.enqueue(piece);
      else controller.close();
    },
  });
  return new Response(body, { headers });
}

if (import.meta.main) {
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => void Deno.stdout.writeSync(new TextEncoder().encode(`${port}\n`)),
  }, answer);
  // Ends with the process that started it.
  for await (const _ of Deno.stdin.readable);
  await server.shutdown();
}
