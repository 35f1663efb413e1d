/**
 * The tools that a call offered, in the words of OpenAI's API.
 *
 * @module
 */
import { fields, type JsonObject, object, objects, text } from "../../json.ts";
import { parsed, type Read } from "./read_attributes.ts";
import type { Attributes } from "./span.ts";

export interface OfferedTool {
  readonly type: "function";
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters?: unknown;
  };
}

/** A list, its JSON, or one attribute for each tool; empty when it is none of them. */
export function toolsOf(read: Read | undefined): OfferedTool[] {
  if (!read) return [];
  if (read.isFamily) return spreadTools(read.value as Attributes); // A family is an object by name.
  const list = typeof read.value === "string" ? parsed(read.value) : read.value;
  if (!Array.isArray(list)) return [];
  const tools = list.map((one) => typeof one === "string" ? parsed(one) : one);
  return objects(tools).flatMap(toolOf);
}

function toolOf(tool: JsonObject): OfferedTool[] {
  const own = object(tool.function) ?? tool;
  const name = text(own.name);
  if (name === null) return [];
  const description = text(own.description);
  const given = own.parameters ?? own.inputSchema ?? own.input_schema;
  const parameters = typeof given === "string" ? parsed(given) : given;
  return [{
    type: "function",
    function: {
      name,
      ...(description !== null && { description }),
      ...(parameters !== undefined && parameters !== null && { parameters }),
    },
  }];
}

/** `0.tool.json_schema` of OpenInference, `0.name` and `0.parameters` of OpenLLMetry. */
function spreadTools(family: Attributes): OfferedTool[] {
  const byPlace = new Map<number, Record<string, unknown>>();
  for (const name in family) {
    const match = /^(\d{1,4})\.(?:tool\.)?([a-z_]+)$/.exec(name);
    if (!match?.[1] || !match[2]) continue;
    const tool = byPlace.get(Number(match[1])) ?? {};
    byPlace.set(Number(match[1]), tool);
    tool[match[2]] = family[name];
  }
  return [...byPlace].sort(([a], [b]) => a - b).flatMap(([, tool]) => {
    const schema = text(tool.json_schema);
    return toolOf(schema === null ? tool : fields(parsed(schema)));
  });
}
