import { expect } from "expect";
import fc from "fast-check";
import { nextPath } from "@/routes/(_http)/next_path.ts";

Deno.test("nextPath() keeps a path of this origin whole", () => {
  expect(nextPath("/dashboard?range=7d#top", "/")).toBe("/dashboard?range=7d#top");
});

Deno.test("nextPath() refuses everything that leaves this origin", () => {
  const hostile = [
    null,
    undefined,
    "",
    "dashboard",
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "/.//evil.example",
    "/a/..//evil.example",
    "javascript:alert(1)",
    "\\\\evil.example",
    " //evil.example",
  ];
  for (const next of hostile) {
    expect([next, nextPath(next, "/dashboard")]).toEqual([next, "/dashboard"]);
  }
});

Deno.test("nextPath() never answers with another origin", () => {
  const pieces = fc.array(
    fc.constantFrom("/", "\\", ".", "..", "\t", "\n", "@", "evil.example", ":", "?", "#", "%2f"),
  );
  fc.assert(fc.property(pieces, (parts) => {
    const path = nextPath(`/${parts.join("")}`, "/dashboard");
    expect(new URL(path, "https://here.example/").origin).toBe("https://here.example");
  }));
});
