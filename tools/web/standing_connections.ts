/**
 * Reads Linux's tables of connections.
 *
 * @module
 */
import { standingPorts } from "@/core/gateway/connections.ts";

/** The ports at the far end of all connections that stand; null on a system without these tables. */
export async function standingConnections(): Promise<ReadonlySet<number> | null> {
  const [ipv4, ipv6] = await Promise.all([read("/proc/net/tcp"), read("/proc/net/tcp6")]);
  return ipv4 === null ? null : standingPorts(ipv4 + (ipv6 ?? ""));
}

async function read(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return null;
  }
}
