/**
 * Reading addresses off file names, and the order in which they are tried.
 */
import { expect } from "expect";
import fc from "fast-check";
import { classifyRoute } from "@/fresh/build/route_file.ts";
import { compareRoutes } from "@/fresh/build/route_order.ts";
import { joinPattern, pathToPattern, patternFolders } from "@/fresh/route_pattern.ts";

Deno.test("pathToPattern() reads file names", () => {
  const patterns: Record<string, string> = {
    "index": "/",
    "about": "/about",
    "blog/index": "/blog",
    "blog/[slug]": "/blog/:slug",
    "blog/[slug]/edit": "/blog/:slug/edit",
    "[id]@[host]": "/:id@:host",
    "files/[...path]": "/files/:path*",
    "optional/[[page]]": "/optional{/:page}?",
    "[[page]]": "/{:page}?",
    "(group)/index": "/",
    "(group)/inner/(more)/page": "/inner/page",
  };
  for (const [path, pattern] of Object.entries(patterns)) {
    expect([path, pathToPattern(path)]).toEqual([path, pattern]);
  }
  expect(pathToPattern("(group)/page", { keepGroups: true })).toBe("/(group)/page");
});

Deno.test("pathToPattern() refuses names that can't be read", () => {
  expect(() => pathToPattern("[a][b]")).toThrow("two parameters");
  expect(() => pathToPattern("[a")).toThrow("not closed");
  expect(() => pathToPattern("x-[[a]]")).toThrow("not closed");
});

Deno.test("patternFolders() leaves out optional parts, and the last on request", () => {
  expect(patternFolders("/a/b", true)).toEqual(["a", "b"]);
  expect(patternFolders("/a/b", false)).toEqual(["a"]);
  expect(patternFolders("/a/b/", false)).toEqual(["a", "b"]);
  expect(patternFolders("/a{/:id}?/b", true)).toEqual(["a", "b"]);
  for (const root of ["/", "*", "/*"]) expect(patternFolders(root, true)).toEqual([]);
});

Deno.test("joinPattern() puts patterns below a base", () => {
  expect(joinPattern("", "/a", false)).toBe("/a");
  expect(joinPattern("/base", "/", false)).toBe("/base");
  expect(joinPattern("/base", "*", false)).toBe("/base/*");
  expect(joinPattern("/base", "*", true)).toBe("/base");
  expect(joinPattern("/base/*", "/a", true)).toBe("/base/a");
});

Deno.test("classifyRoute() reads the role off the name", () => {
  expect(classifyRoute("/_app").kind).toBe("app");
  expect(classifyRoute("/_404").kind).toBe("notFound");
  expect(classifyRoute("/a/_error")).toEqual({ kind: "error", pattern: "/a", routePattern: "/a" });
  expect(classifyRoute("/a/_layout").pattern).toBe("/a");
  expect(classifyRoute("/(g)/_middleware").pattern).toBe("/(g)");
  expect(classifyRoute("/a/index")).toEqual({
    kind: "route",
    pattern: "/a/",
    routePattern: "/a",
  });
  expect(classifyRoute("/constructor").kind).toBe("route");
});

const ORDERED = [
  "/_app",
  "/_middleware",
  "/_layout",
  "/_error",
  "/about",
  "/blog/_middleware",
  "/blog/_layout",
  "/blog/archive",
  "/blog/index",
  "/blog/[slug]",
  "/blog/[...rest]",
  "/(group)/_layout",
  "/(group)/page",
  "/[page]",
  "/[...path]",
];

Deno.test("routes are registered in one order, however the folder lists them", () => {
  fc.assert(fc.property(fc.shuffledSubarray(ORDERED, { minLength: ORDERED.length }), (ids) => {
    expect(ids.toSorted(compareRoutes)).toEqual(ORDERED);
  }));
});
