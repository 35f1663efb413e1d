/**
 * Takes the demo's events out of a project's analytics. The log is immutable: an event says that they
 * are removed, and every projection obeys it.
 *
 * @module
 */
import { ulid } from "ulid";
import type { DemoContext } from "./context.ts";
import { deleteMarker } from "./marker.ts";

export async function removeDemo(
  { kv, project, writer, say }: Pick<DemoContext, "kv" | "project" | "writer" | "say">,
): Promise<void> {
  const at = new Date().toISOString();
  await writer.append({
    type: "demo.removed",
    v: 1,
    id: ulid(),
    project: project.id,
    at,
    data: { before: at },
  });
  await deleteMarker(kv.write, project.id);
  say(
    `Demo events of ${project.name} are removed: they leave the dashboard as soon as the consumers ` +
      "read this, in seconds when WatchLLM runs.",
  );
}
