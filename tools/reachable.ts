/** A listening address as a browser on this machine opens it: a wildcard stands for loopback. */
export function reachable(hostname: string): string {
  if (hostname === "0.0.0.0" || hostname === "::") return "127.0.0.1";
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}
