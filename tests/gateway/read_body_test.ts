import { expect } from "expect";
import type { Call } from "@/core/gateway/call.ts";
import { Deadlines } from "@/core/gateway/deadlines.ts";
import { readBody } from "@/core/gateway/read_body.ts";

const piece = new Uint8Array(200_000).fill(120);

for (const contentLength of [8 * piece.length, null]) {
  const said = contentLength === null ? "whose length is not said" : "whose length is said";
  Deno.test(`a large body ${said} may take any time as long as it comes`, async () => {
    let now = 0;
    const deadlines = new Deadlines(() => now);
    // Resolves when deadlines were looked after at that time.
    const looked = () => new Promise<void>((resolve) => deadlines.start(0, resolve));
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        now += 15;
        await looked();
        controller.enqueue(piece);
        if (++sent === 8) controller.close();
      },
    }, { highWaterMark: 0 });
    const request = new Request("http://x/", { method: "POST", body });
    // What the stage looks at of a call.
    const call = { request, method: "POST", headers: { contentLength } } as unknown as Call;

    const read = readBody({ bytes: 10_000_000, milliseconds: 20 }, deadlines, () => now);
    expect(await read(call)).toBeNull();
    expect(call.body).toHaveLength(8 * piece.length);
    expect(call.bodyWait).toBe(8 * 15);
    deadlines.close();
  });
}
