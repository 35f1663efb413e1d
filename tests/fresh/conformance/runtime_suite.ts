/**
 * Conformance: what pages and islands import on both sides, and identity functions.
 */
import { expect } from "expect";
import type { Implementation } from "./implementation.ts";

/** Registers the tests. */
export function runtimeSuite({ name, fresh, runtime }: Implementation): void {
  const test = (title: string, run: () => void) => Deno.test(`${name}: ${title}`, run);

  test("IS_BROWSER is false on the server", () => {
    expect(runtime.IS_BROWSER).toBe(false);
  });

  test("HttpError is one class on both faces", () => {
    expect(runtime.HttpError).toBe(fresh.HttpError);
    const error = new fresh.HttpError(404, "gone");
    expect([error.status, error.message, error.name, error instanceof Error]).toEqual([
      404,
      "gone",
      "HttpError",
      true,
    ]);
  });

  test("asset() locks addresses of this site alone", () => {
    expect(runtime.asset("/a.css")).toMatch(/^\/a\.css\?__frsh_c=.+/);
    expect(runtime.asset("/a.css?b=1#c")).toMatch(/^\/a\.css\?b=1&__frsh_c=[^#]+#c$/);
    for (const path of ["a.css", "//elsewhere.test/a.css", "https://elsewhere.test/a.css"]) {
      expect(runtime.asset(path)).toBe(path);
    }
  });

  test("assetSrcSet() locks every address and leaves what it can't read", () => {
    expect(runtime.assetSrcSet("/a.png 1x, /b.png 2x")).toMatch(
      /^\/a\.png\?__frsh_c=\S+ 1x, \/b\.png\?__frsh_c=\S+ 2x$/,
    );
    expect(runtime.assetSrcSet("/a.png 1x, ")).toBe("/a.png 1x, ");
  });

  test("page() carries data, status and headers", () => {
    expect(fresh.page({ a: 1 }, { status: 201 })).toMatchObject({ data: { a: 1 }, status: 201 });
    expect(fresh.page().data).toBe(undefined);
  });

  test("createDefine() gives back what it is given", () => {
    const define = fresh.createDefine<unknown>();
    const handler = () => new Response();
    const component = () => null;
    expect(define.handlers(handler)).toBe(handler);
    expect(define.middleware(handler)).toBe(handler);
    expect(define.page(component)).toBe(component);
    expect(define.layout(component)).toBe(component);
  });
}
