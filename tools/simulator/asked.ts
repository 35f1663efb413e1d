/**
 * Everything that is known of a request before it is answered.
 *
 * @module
 */
import type { Endpoint } from "@/core/event/call.ts";
import { parseJson } from "@/core/json.ts";
import { z } from "zod";
import type { Controls, SimulatorOptions } from "./contract.ts";
import { headerControls, splitModel } from "./controls.ts";
import { keyLooksRight, keyOf, wrongKeyStatus } from "./families.ts";
import type { Operation, Route } from "./route.ts";

const endpoints: Readonly<Record<Operation, Endpoint>> = {
  chat: "chat",
  completions: "text_completion",
  responses: "responses",
  embeddings: "embeddings",
  models: "models",
  messages: "messages",
  count_tokens: "count_tokens",
  generate: "generate_content",
  stream: "generate_content",
  embed: "embeddings",
  embed_batch: "embeddings",
  count: "count_tokens",
};

const bodyHead = z.looseObject({ model: z.string().optional(), stream: z.boolean().nullish() });

export interface Asked {
  readonly request: Request;
  readonly route: Route;
  readonly endpoint: Endpoint;
  /** Undefined when it is not JSON. */
  readonly body: unknown;
  /** Without its controls; empty when none is named. */
  readonly model: string;
  readonly stream: boolean;
  readonly controls: Controls;
}

/** Reads a request whose route is known. */
export function readAsked(
  request: Request,
  route: Route,
  text: string,
  options: Pick<SimulatorOptions, "decide" | "keys">,
): Asked {
  const body = parseJson(text);
  const head = bodyHead.safeParse(body);
  const { model, controls } = splitModel(
    route.pathModel ?? (head.success ? head.data.model : undefined) ?? "",
  );
  const endpoint = endpoints[route.operation];
  const stream = route.operation === "stream" || (head.success && head.data.stream === true);
  const { provider } = route;
  const { headers } = request;
  return {
    request,
    route,
    endpoint,
    body,
    model,
    stream,
    controls: {
      ...(options.keys === "check" && { key: "check" }),
      ...options.decide?.({ provider, endpoint, model, stream, headers }),
      ...headerControls(headers),
      ...controls,
    },
  };
}

/** Why a request is refused. Without a message the family's usual one is given. */
export interface Fault {
  readonly status: number;
  readonly message?: string;
  readonly param?: string | null;
}

/** What is wrong with a request before its body is read, in the order in which providers look. */
export function faultOf({ route, controls, request, body, model }: Asked): Fault | null {
  const { family, operation } = route;
  if (controls.key === "check" && !keyLooksRight(family, keyOf(request))) {
    return family === "google"
      ? { status: 400, message: "API key not valid. Please pass a valid API key." }
      : { status: wrongKeyStatus[family] };
  }
  if (controls.status) return { status: controls.status };
  if (request.method === "POST" && body === undefined) {
    return { status: 400, message: "We could not parse the JSON body of your request." };
  }
  if (/^(nonexistent|no-such)/.test(model)) {
    return {
      status: 404,
      message: `The model \`${model}\` does not exist or you do not have access to it.`,
      param: "model",
    };
  }
  if (model !== "" || operation === "models") return null;
  return {
    status: 400,
    message: family === "anthropic"
      ? "model: Field required"
      : "you must provide a model parameter",
  };
}
