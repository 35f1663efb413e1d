/**
 * The zone that an island writes its times in: the server's words first, so that both are the same,
 * then the viewer's.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { viewerZone, type Zone } from "./zone.ts";

export function useZone(): Zone {
  const [zone, setZone] = useState<Zone>("UTC");
  useEffect(() => setZone(viewerZone()), []);
  return zone;
}
