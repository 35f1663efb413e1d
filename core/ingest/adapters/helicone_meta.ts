/**
 * What Helicone's clients say of a call beside its bodies: `Helicone-` headers, which stand in the body's
 * `meta`, in the request's own headers, or in both.
 *
 * @module
 */
import { fields } from "../../json.ts";

export interface Meta {
  requestId?: string;
  user?: string;
  session?: string;
  promptId?: string;
  model?: string;
  readonly properties: Record<string, string>;
}

const property = "helicone-property-";
const mostEntries = 100;

/** Headers in any case; what the body says goes before what the request's headers say. */
export function metaOf(inBody: unknown, headers: Iterable<readonly [string, string]> = []): Meta {
  const meta: Meta = { properties: {} };
  for (const [name, value] of headers) {
    if (name.toLowerCase().startsWith("helicone-")) take(meta, name, value);
  }
  for (const [name, given] of Object.entries(fields(inBody)).slice(0, mostEntries)) {
    take(meta, name, typeof given === "string" ? given : JSON.stringify(given) ?? "");
  }
  return meta;
}

function take(meta: Meta, name: string, said: string): void {
  if (said === "" || said === "null") return;
  const key = name.toLowerCase();
  switch (key) {
    case "helicone-request-id":
      meta.requestId = said;
      return;
    case "helicone-user-id":
      meta.user = said;
      return;
    case "helicone-session-id":
      meta.session = said;
      return;
    case "helicone-session-path":
      set(meta.properties, "session_path", said);
      return;
    case "helicone-session-name":
      set(meta.properties, "session_name", said);
      return;
    case "helicone-prompt-id":
      meta.promptId = said;
      return;
    case "helicone-model-override":
      meta.model = said;
      return;
  }
  if (key.startsWith(property)) setOnce(meta.properties, name.slice(property.length), said);
  // What is no header of Helicone's is a fact of the application's own.
  else if (!key.startsWith("helicone-")) set(meta.properties, name, said);
}

/** Headers arrive in lower case: the body's own writing of a name takes its place. */
function setOnce(properties: Record<string, string>, name: string, value: string): void {
  const same = Object.keys(properties).find((one) => one.toLowerCase() === name.toLowerCase());
  if (same !== undefined) delete properties[same];
  set(properties, name, value);
}

function set(properties: Record<string, string>, name: string, value: string): void {
  if (name !== "" && name !== "__proto__") properties[name] = value;
}
