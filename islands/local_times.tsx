/**
 * Brings the times of what the server draws into the viewer's zone.
 *
 * @module
 */
import { useEffect } from "preact/hooks";
import { writeLocalTimes } from "@/components/local_time.tsx";

export function LocalTimes() {
  useEffect(writeLocalTimes, []);
  return null;
}
