import { expect } from "expect";
import { Connections, standingPorts } from "@/core/gateway/connections.ts";

const tcp6 =
  `  sl  local_address                         remote_address                        st tx_queue
   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000
   1: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000100007F:D431 01 00000000:00000000
   2: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000100007F:D432 08 00000000:00000000
   3: 000080FE00000000FF565002BE0E2EFE:1F90 000080FE00000000FF565002BE0E2EFE:0101 01 00000000:00000000
`;

Deno.test("standingPorts() reads IPv6 tables and passes by listeners and what was closed", () => {
  expect(standingPorts(tcp6)).toEqual(new Set([0xd431, 0x0101]));
  expect(standingPorts("")).toEqual(new Set());
});

Deno.test("a client whose connection is gone is told once, others and those that are let go are not", async () => {
  const { promise: told, resolve } = Promise.withResolvers<void>();
  const left: string[] = [];
  const client = (name: string, port: number | null) => ({
    port: () => port,
    onLeft() {
      left.push(name);
      connections.delete(waiting);
      resolve();
    },
    onStopped() {},
  });
  const connections = new Connections({
    standing: () => Promise.resolve(new Set([1])),
    now: () => performance.now(),
  });
  const before = performance.now() - 1_000;
  connections.add(client("there", 1), before);
  connections.add(client("unknown", null), before);
  connections.delete(connections.add(client("let go", 2), before));
  const waiting = connections.add(client("gone", 2), before);
  await told;
  await connections.close();
  expect(left).toEqual(["gone"]);
});

Deno.test("a table without any connection tells of no client that it left", async () => {
  let asked = 0;
  let left = 0;
  const { promise: again, resolve } = Promise.withResolvers<void>();
  const connections = new Connections({
    standing() {
      if (++asked === 2) resolve();
      return Promise.resolve(new Set());
    },
    now: () => performance.now(),
  });
  connections.add({ port: () => 1, onLeft: () => left++, onStopped: () => {} }, -1_000);
  await again;
  await connections.close();
  expect(left).toBe(0);
});

Deno.test("where the system does not tell, it is asked once", async () => {
  let asked = 0;
  const { promise: answered, resolve } = Promise.withResolvers<void>();
  const connections = new Connections({
    standing() {
      asked++;
      resolve();
      return Promise.resolve(null);
    },
    now: () => performance.now(),
  });
  const client = { port: () => 1, onLeft: () => {}, onStopped: () => {} };
  connections.add(client, 0);
  await answered;
  connections.add(client, 0);
  // A timer would be found by the sanitizer when the test ends.
  await Promise.resolve();
  expect(asked).toBe(1);
});
