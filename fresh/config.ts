/**
 * What an application can configure, and the resolved form that every request sees.
 *
 * @module
 */

/** Options of `new App(…)`. */
export interface FreshConfig {
  /** Serve the application below this path, e.g. `/console`. */
  basePath?: string;
  /** Production by default; the builder's `listen()` switches to development. */
  mode?: "development" | "production";
  /** Take `ctx.url`'s scheme and host from `X-Forwarded-Proto` and `X-Forwarded-Host`. */
  trustProxy?: boolean;
}

/** The configuration with its defaults filled in. */
export interface ResolvedFreshConfig {
  root: string;
  basePath: string;
  mode: "development" | "production";
  trustProxy: boolean;
}

/** Fills in the defaults. */
export function resolveConfig(config: FreshConfig): ResolvedFreshConfig {
  return {
    root: ".",
    basePath: config.basePath ?? "",
    mode: config.mode ?? "production",
    trustProxy: config.trustProxy ?? false,
  };
}
