/**
 * Bytes on the port that no client of ours would send: scans, TLS, half requests, connections left open.
 * Without its pseudo-terminal the embedded engine aborts within seconds of the first of them.
 */
import { expect } from "expect";
import { useClickHouse } from "../fixtures/clickhouse.ts";

const clickhouse = useClickHouse();

const text = (value: string) => new TextEncoder().encode(value);
const hostile: Record<string, Uint8Array> = {
  garbage: text("\x00 garbage\r\n\r\n"),
  "a TLS hello": new Uint8Array([0x16, 3, 1, 0, 0x2f, 1, 0, 0, 0x2b, 3, 3, ...new Uint8Array(40)]),
  "random bytes": crypto.getRandomValues(new Uint8Array(4096)),
  "half a header": text("POST /?query=SELECT%201 HTTP/1.1\r\nHost: x\r\nContent-Le"),
  "a body that never ends": text(
    "POST /?query=INSERT HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc",
  ),
  "a broken chunk": text("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n"),
  "a huge header": text(`GET / HTTP/1.1\r\nX-Long: ${"a".repeat(2_000_000)}\r\n\r\n`),
  "ClickHouse's own protocol": text("\x00\x0aClickHouse\x15\x04\xff"),
};

for (const [name, bytes] of Object.entries(hostile)) {
  Deno.test(`The server survives ${name}, twenty times, and goes on answering`, async () => {
    await using db = await clickhouse.database({ migrated: false });
    // Gone after a restart: otherwise one that is quick enough would pass for survival.
    await db.store.command("CREATE TABLE alive ENGINE = Memory AS SELECT 1 AS one");
    for (let i = 0; i < 20; i++) await sendAndVanish(db.options.url, bytes);

    // An abort comes some moments after the connection: its thread has to notice first.
    const until = performance.now() + 500;
    while (performance.now() < until) {
      await db.store.ping();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await db.store.query("SELECT one FROM alive")).toEqual([{ one: 1 }]);
  });
}

Deno.test("A hundred connections left open do not keep others from being served", async () => {
  await using db = await clickhouse.database({ migrated: false });
  const { hostname, port } = new URL(db.options.url);
  const open = await Promise.all(
    Array.from({ length: 100 }, () => Deno.connect({ hostname, port: Number(port) })),
  );
  for (const connection of open) await connection.write(text("GET / HT"));
  expect(await db.store.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  for (const connection of open) connection.close();
});

async function sendAndVanish(url: string, bytes: Uint8Array): Promise<void> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  // The server may hang up before it has read everything; that is its right.
  await connection.write(bytes).catch(() => {});
}
