/** A port that is free now. The web process keeps it over restarts, so it is chosen once, above it. */
export function freePort(hostname: string): number {
  using listener = Deno.listen({ hostname, port: 0 });
  return listener.addr.port;
}
