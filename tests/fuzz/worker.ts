/** Runs the routes that it is sent, one after the other. */
/// <reference lib="deno.worker" />
import { fuzzRoute } from "./run_route.ts";
import { routes } from "./seeds.ts";

export interface Order {
  readonly route: number;
  readonly cases: number;
  readonly seed?: number;
}

self.onmessage = async ({ data }: MessageEvent<Order>) => {
  const { route: place, cases, seed } = data;
  const route = routes[place];
  if (!route) throw new RangeError(`There is no route ${place}`);
  try {
    const report = await fuzzRoute(route, {
      cases,
      ...(seed !== undefined && { seed }),
      alive: (done) => self.postMessage({ alive: done }),
    });
    self.postMessage({ report });
  } catch (error) {
    self.postMessage({ failure: told(error) });
  }
};

/** With what was thrown at the smallest case. */
function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.message}\n${error.cause === undefined ? "" : told(error.cause)}`;
}
