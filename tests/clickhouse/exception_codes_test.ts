import { expect } from "expect";
import { exceptionCodes, kindOfCode, kindOfStatus } from "@/clickhouse/exception_codes.ts";
import { useClickHouse } from "../fixtures/clickhouse.ts";

const clickhouse = useClickHouse();

Deno.test("The names in the table are the server's own names of those codes", async () => {
  await using db = await clickhouse.database({ migrated: false });
  const expected = Object.assign({}, ...Object.values(exceptionCodes)) as Record<string, string>;
  const rows = await db.store.query<{ code: number; name: string }>(
    `SELECT toInt32(arrayJoin({codes:Array(String)})) AS code, errorCodeToName(code) AS name`,
    { codes: Object.keys(expected) },
  );
  const actual = Object.fromEntries(rows.map(({ code, name }) => [String(code), name]));
  expect(actual).toEqual(expected);
});

Deno.test("No code is of two kinds", () => {
  const codes = Object.values(exceptionCodes).flatMap((table) => Object.keys(table));
  expect(new Set(codes).size).toBe(codes.length);
});

Deno.test("Each kind is found by its code; an unknown code is waited for", () => {
  for (const [kind, table] of Object.entries(exceptionCodes)) {
    for (const code of Object.keys(table)) expect(kindOfCode(Number(code))).toBe(kind);
  }
  expect(kindOfCode(123_456)).toBe("transient");
});

Deno.test("An answer without a code is judged by its status", () => {
  expect([500, 502, 503, 504, 429, 408].map(kindOfStatus)).toEqual(Array(6).fill("transient"));
  expect([301, 400, 401, 403, 404].map(kindOfStatus)).toEqual(Array(5).fill("configuration"));
});
