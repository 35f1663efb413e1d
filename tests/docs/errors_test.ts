import { expect } from "expect";
import { errors } from "@/core/error.ts";

Deno.test("docs/api.md lists every error code beside its status, and no other", async () => {
  const text = await Deno.readTextFile(new URL("../../docs/api.md", import.meta.url));
  const table = text.slice(text.indexOf("\n## Errors"));
  const listed = [...table.matchAll(/^\| (\d{3}) +\|(.*)\|$/gm)].flatMap(([, status, codes = ""]) =>
    [...codes.matchAll(/`(\w+)`/g)].map(([, code]) => `${status} ${code}`)
  );
  const known = Object.entries(errors).map(([code, [status]]) => `${status} ${code}`);
  expect(listed.toSorted()).toEqual(known.toSorted());
});
