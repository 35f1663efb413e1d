/**
 * What the simulator answers to a request, read by the gateway's own readers: the history's figures
 * come about in the same way as those of real calls.
 *
 * @module
 */
import type { Endpoint } from "@/core/event/call.ts";
import type { AnswerFacts } from "@/core/gateway/formats/format.ts";
import { formats } from "@/core/gateway/formats/table.ts";
import { operationOf } from "@/core/gateway/operation.ts";
import { SseParser } from "@/core/gateway/sse.ts";
import type { Simulator } from "../simulator/contract.ts";
import type { PlannedCall } from "./plan.ts";

export interface Exchange {
  readonly endpoint: Endpoint;
  /** The provider's path without its query. */
  readonly path: string;
  readonly request: string;
  readonly response: string;
  readonly responseType: string | null;
  readonly status: number;
  readonly facts: AnswerFacts;
}

/** Answers of the same request that are told apart: the first one fills the prompt cache. */
const variants = 4;

/** Exchanges by request, each made once and then used again and again. */
export class ExchangeLibrary {
  readonly #simulator: Simulator;
  readonly #known = new Map<string, Exchange>();
  readonly #uses = new Map<string, number>();

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
  }

  /** A promise only when the exchange has to be made first: a month asks a hundred thousand times. */
  of(call: PlannedCall): Exchange | Promise<Exchange> {
    const status = call.fate.kind === "refused" ? call.fate.status : 200;
    const uses = this.#uses.get(call.key) ?? 0;
    this.#uses.set(call.key, uses + 1);
    const variant = uses < variants ? uses : 1 + uses % (variants - 1);
    const key = `${call.key}/${status}/${variant}`;
    const known = this.#known.get(key);
    if (known) return known;
    return this.#make(call, status).then((made) => {
      this.#known.set(key, made);
      return made;
    });
  }

  async #make(call: PlannedCall, status: number): Promise<Exchange> {
    const { path, body } = call.request();
    const request = JSON.stringify(body);
    const answer = await this.#simulator.fetch(
      new Request(`http://simulator/${call.provider}${path}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "authorization": "Bearer demo",
          ...(status !== 200 && { "x-simulate": `status=${status}` }),
        },
        body: request,
      }),
    );
    const response = await answer.text();
    const responseType = answer.headers.get("content-type");
    const operation = operationOf(new URL(path, "http://x").pathname);
    return {
      endpoint: operation.endpoint,
      path: new URL(path, "http://x").pathname,
      request,
      response,
      responseType,
      status: answer.status,
      facts: factsOf(formats[operation.format].answer(false), response, responseType),
    };
  }
}

function factsOf(
  reader: ReturnType<typeof formats["openai-chat"]["answer"]>,
  response: string,
  contentType: string | null,
): AnswerFacts {
  if (!contentType?.startsWith("text/event-stream")) {
    reader.add(JSON.parse(response));
    return reader.facts();
  }
  const parser = new SseParser();
  for (
    const { data } of [...parser.push(new TextEncoder().encode(response)), ...parser.end()]
  ) {
    if (data !== "[DONE]") reader.add(JSON.parse(data));
  }
  return reader.facts();
}
