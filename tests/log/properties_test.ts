import { expect } from "expect";
import fc from "fast-check";
import type { Payload } from "@/core/log/contract.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { defaultLimits } from "@/core/log/limits.ts";
import { bytesPayload, draft, eventOf, everything, idOf, noise, textPayload } from "./events.ts";
import { inMemory } from "./stores.ts";

/** Any JavaScript string: NUL, lone surrogates and all. */
const anyString = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
  .map((units) => String.fromCharCode(...units));
const anyJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    anyString,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => Object.is(n, -0) ? 0 : n),
    fc.constantFrom(null, true, false, 1e308, 5e-324, Number.MAX_SAFE_INTEGER),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(anyString, tie("value"), { maxKeys: 5 }),
  ),
})).value;

Deno.test("any event that is JSON comes back equal, any payload byte for byte", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          body: anyJson,
          id: anyString.filter((id) => id.length > 0),
          project: anyString.filter((project) => project.length > 0),
          request: fc.option(fc.uint8Array({ maxLength: 9_000 })),
          response: fc.option(anyString),
        }),
        { minLength: 1, maxLength: 20 },
      ),
      (samples) =>
        inMemory(async ({ write, read }) => {
          const log = await openLog({ write, read });
          const writer = createLogWriter({ kv: write, ...log });
          const reader = createLogReader({ kv: read, ...log });
          for (const { id, project, body, request, response } of samples) {
            const payloads: Record<string, Payload> = {};
            if (request) payloads.request = bytesPayload(request);
            if (response !== null) payloads.response = textPayload(response);
            const { position } = await writer.append(draft(id, project, { body }), payloads);
            const [record] = await reader.read(position.partition, {
              after: null,
              upTo: position.versionstamp,
              maxRecords: 1_000,
            }).then((records) => records.slice(-1));
            const entry = record?.entries[position.index];
            if (!entry) throw new Error("The event is not at its position");
            expect(entry.raw).toMatchObject({ id, project });
            const { data } = eventOf(entry);
            expect(data).toEqual(draft(id, project, { body }).data);
            const stored = await reader.payload(eventOf(entry), "request");
            expect(stored && [...stored]).toEqual(request && [...request]);
            expect(await reader.payload(eventOf(entry), "response"))
              .toEqual(response === null ? null : textPayload(response).bytes);
          }
          await writer.close();
        }),
    ),
    { numRuns: 60 },
  ));

Deno.test("a body keeps what JSON parsers change", () =>
  inMemory(async ({ write, read }) => {
    const log = await openLog({ write, read });
    const writer = createLogWriter({ kv: write, ...log });
    const reader = createLogReader({ kv: read, ...log });
    const bodies = [
      '{"n": NaN, "huge": 1e400, "long": 123456789012345678901234567890, "neg": -0}',
      '{"lone": "\\ud800", "nul": "\\u0000", "twice": 1, "twice": 2}',
      "\ufeff{ }",
      "\u0000\u0001\u001f",
      "data: [DONE]\r\n\r\n",
    ];
    for (const [i, body] of bodies.entries()) {
      await writer.append(draft(`${i}`), { request: textPayload(body) });
    }
    const entries = await everything(reader);
    for (const [i, entry] of entries.entries()) {
      expect(eventOf(entry).payloads?.request?.stored).toEqual({ as: "text", text: bodies[i] });
      expect(await reader.payload(eventOf(entry), "request"))
        .toEqual(textPayload(bodies[i] ?? "").bytes);
    }
    await writer.close();
  }));

/** Appends whose preparation takes very different times. */
const size = fc.constantFrom("none", "inline", "chunk", "async", "staged", "spilled");

Deno.test("append() keeps each project's order, however long its events take to prepare", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ project: fc.integer({ min: 0, max: 3 }), size }), { maxLength: 60 }),
      (calls) =>
        inMemory(async ({ write, read }) => {
          const log = await openLog({ write, read });
          const writers = [0, 1].map(() => createLogWriter({ kv: write, ...log }));
          const called: Record<string, string[]> = {};
          await Promise.all(calls.map(({ project, size }, i) => {
            const name = `project ${project}`;
            (called[name] ??= []).push(`${i}`);
            const extra = size === "spilled" ? { filler: "x".repeat(70_000) } : {};
            return writers[project % 2]?.append(draft(`${i}`, name, extra), payloadsOf(size));
          }));
          for (const writer of writers) await writer.close();
          const found: Record<string, string[]> = {};
          for (const entry of await everything(createLogReader({ kv: read, ...log }))) {
            (found[eventOf(entry).project] ??= []).push(idOf(entry));
          }
          expect(found).toEqual(called);
        }),
    ),
    { numRuns: 40 },
  ));

function payloadsOf(size: string): Record<string, Payload> | undefined {
  const lengths: Record<string, number> = {
    inline: 500,
    chunk: 6_000,
    async: 50_000,
    staged: 800_000,
  };
  const length = lengths[size];
  return length ? { request: bytesPayload(noise(length)) } : undefined;
}

Deno.test("a payload over the limit is cut, says so, and keeps its original size", () =>
  inMemory(async ({ write, read }) => {
    const log = await openLog({ write, read });
    const writer = createLogWriter({ kv: write, ...log });
    const reader = createLogReader({ kv: read, ...log });
    const bytes = noise(defaultLimits.payloadBytes + 1);
    await writer.append(draft("cut"), {
      request: bytesPayload(bytes),
      response: { contentType: null, bytes: noise(10), originalBytes: 99 },
    });
    const [entry] = await everything(reader);
    if (!entry) throw new Error("The event is missing");
    expect(eventOf(entry).payloads).toMatchObject({
      request: { original_bytes: 10_485_761, bytes: 10_485_760, truncated: true },
      response: { original_bytes: 99, bytes: 10, truncated: true },
    });
    expect((await reader.payload(eventOf(entry), "request"))?.length).toBe(10_485_760);
    await writer.close();
  }));
