import type { lookup } from "node:dns";
import { expect } from "expect";
import {
  addressProblem,
  guardedLookup,
  hostProblem,
} from "@/core/gateway/providers/address_rules.ts";
import { reasonOf, Upstream } from "@/core/gateway/upstream.ts";
import { json, runUpstream } from "../gateway/fixture.ts";

const strict = { allowPrivate: false };
const lenient = { allowPrivate: true };

const never = [
  "http://169.254.169.254/latest/meta-data",
  "http://0xa9fea9fe/",
  "http://2852039166/",
  "http://0251.0376.0251.0376/",
  "http://[::ffff:169.254.169.254]/",
  "http://[::ffff:a9fe:a9fe]/",
  "http://[64:ff9b::a9fe:a9fe]/",
  "http://[2002:a9fe:a9fe::1]/",
  "http://[::a9fe:a9fe]/",
  "http://[fe80::1]/",
  "http://[fd00:ec2::254]/",
  "http://0.0.0.0:8000/",
  "http://[::]/",
  "http://0/",
  "http://100.100.100.200/",
  "http://168.63.129.16/",
  "http://metadata.google.internal/",
  "http://METADATA.google.internal./",
  "http://224.0.0.1/",
  "http://255.255.255.255/",
];

const inside = [
  "http://127.0.0.1:11434/v1",
  "http://127.1/",
  "http://2130706433/",
  "http://localhost:8000",
  "http://LOCALHOST.:8000",
  "http://api.localhost",
  "http://[::1]:8000/",
  "http://[::ffff:127.0.0.1]/",
  "http://[64:ff9b::7f00:1]/",
  "http://10.0.0.1/",
  "http://172.16.0.1/",
  "http://172.31.255.255/",
  "http://192.168.1.1/",
  "http://100.64.0.1/",
  "http://[fd12:3456::1]/",
  "http://vllm.internal/",
  "http://ollama:11434/",
];

const open = [
  "https://api.example.com/v1",
  "http://8.8.8.8/",
  "http://172.32.0.1/",
  "https://[2606:4700::1111]/",
];

Deno.test("metadata and link-local addresses are refused in every spelling, whatever is allowed", () => {
  for (const url of never) {
    expect([url, addressProblem(url, strict) !== null]).toEqual([url, true]);
    expect([url, addressProblem(url, lenient)]).toEqual([
      url,
      "must not be a link-local or metadata address",
    ]);
  }
});

Deno.test("private addresses are taken only where the installation allows them", () => {
  for (const url of inside) {
    expect([url, addressProblem(url, strict)?.startsWith("must be a public")]).toEqual([url, true]);
    expect([url, addressProblem(url, lenient)]).toEqual([url, null]);
  }
  for (const url of open) expect([url, addressProblem(url, strict)]).toEqual([url, null]);
});

Deno.test("other schemes, credentials, queries and fragments are refused", () => {
  for (
    const url of [
      "ftp://example.com",
      "file:///etc/passwd",
      "example.com/v1",
      "https://user:secret@example.com",
      "https://example.com/?key=1",
      "https://example.com/#x",
      "",
    ]
  ) expect([url, addressProblem(url, lenient) !== null]).toEqual([url, true]);
});

Deno.test("a name that leads inside is refused when the connection is opened", async () => {
  const resolveTo = (...addresses: string[]) =>
    ((_name: string, _options: unknown, done: (...results: unknown[]) => void) =>
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      )) as unknown as typeof lookup; // One of its overloads is what is called.
  const asked = (rules: typeof strict, ...addresses: string[]) =>
    new Promise((resolve) =>
      guardedLookup(rules, resolveTo(...addresses))(
        "x.example",
        { all: true },
        (error, found) => resolve(error ? error.code : found),
      )
    );
  expect(await asked(strict, "8.8.8.8")).toEqual([{ address: "8.8.8.8", family: 4 }]);
  expect(await asked(strict, "8.8.8.8", "127.0.0.1")).toBe("EADDRESSREFUSED");
  expect(await asked(lenient, "127.0.0.1")).toEqual([{ address: "127.0.0.1", family: 4 }]);
  expect(await asked(lenient, "169.254.169.254")).toBe("EADDRESSREFUSED");
  expect(await asked(strict, "::ffff:10.0.0.1")).toBe("EADDRESSREFUSED");
  expect(await asked(strict)).toBe("EADDRESSREFUSED");
  expect(hostProblem("::1%lo0", strict)).not.toBeNull();
});

Deno.test("a project's address that leads inside gets no connection", async () => {
  await using upstream = await runUpstream((_, response) => json(response, {}));
  const port = Number(new URL(upstream.url).port);
  const send = async (rules: typeof strict, guarded: boolean) => {
    const connections = new Upstream(rules);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    connections.send("GET", {
      base: {
        secure: false,
        hostname: "localhost",
        port,
        host: `localhost:${port}`,
        prefix: "",
        ...(guarded && { guarded }),
      },
      path: "/",
      headers: ["host", "localhost"],
      body: null,
      stripUsage: false,
    }, {
      onHead: ({ status }) => resolve(status),
      onChunk: () => {},
      onEnd: () => {},
      onError: (error) => resolve(reasonOf(error)),
    });
    const outcome = await promise;
    await connections.close();
    return outcome;
  };
  expect(await send(strict, true)).toBe("EADDRESSREFUSED");
  expect(upstream.seen).toHaveLength(0);
  expect(await send(lenient, true)).toBe(200);
  expect(await send(strict, false)).toBe(200);
});
