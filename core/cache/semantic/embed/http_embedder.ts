/**
 * Embeddings from any server that speaks OpenAI's `/v1/embeddings`: OpenAI itself, Ollama, vLLM, and
 * others. The key is sent to that server and appears nowhere else.
 *
 * @module
 */
import { z } from "zod";
import { type Embedder, normalised } from "./embedder.ts";

export interface HttpEmbedderOptions {
  /** Up to and including `/v1`, such as `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey?: string;
  /** Asks the server for shorter vectors, where the model can (text-embedding-3 can): searching 10,000 of 256 takes 2.5 ms, of 1,536 14 ms. */
  readonly dimensions?: number;
  readonly fetch: typeof fetch;
  /** @default {2000} */
  readonly timeoutMs?: number;
  /** Texts in one request. @default {96} */
  readonly batch?: number;
}

/** The embedding server failed or answered in an unknown form. The message holds no key and no text. */
export class EmbeddingFailed extends Error {
  override readonly name = "EmbeddingFailed";
}

const answerSchema = z.object({
  data: z.array(
    z.object({ index: z.number().int().optional(), embedding: z.array(z.number()).min(1) }),
  ),
});

/** Makes an embedder of a server's address. */
export function httpEmbedder(options: HttpEmbedderOptions): Embedder {
  const { baseUrl, model, apiKey, dimensions, timeoutMs = 2_000, batch = 96 } = options;
  const url = `${baseUrl.replace(/\/+$/, "")}/embeddings`;

  async function request(input: readonly string[]): Promise<Float32Array[]> {
    const response = await ask(input);
    if (!response.ok) {
      await response.body?.cancel();
      throw new EmbeddingFailed(`The embedding server answered ${response.status}`);
    }
    const parsed = answerSchema.safeParse(await response.json().catch(() => null));
    if (!parsed.success || parsed.data.data.length !== input.length) {
      throw new EmbeddingFailed("The embedding server answered in an unknown form");
    }
    const vectors = parsed.data.data.map((item, at) => ({ ...item, index: item.index ?? at }))
      .sort((x, y) => x.index - y.index)
      .map(({ embedding }) => normalised(Float32Array.from(embedding)));
    if (vectors.some((vector) => vector.length !== vectors[0]?.length)) {
      throw new EmbeddingFailed("The embedding server answered with vectors of different lengths");
    }
    return vectors;
  }

  async function ask(input: readonly string[]): Promise<Response> {
    try {
      return await options.fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(apiKey && { authorization: `Bearer ${apiKey}` }),
        },
        body: JSON.stringify({
          model,
          input,
          encoding_format: "float",
          ...(dimensions !== undefined && { dimensions }),
        }),
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (cause) {
      const late = cause instanceof DOMException && cause.name === "TimeoutError";
      throw new EmbeddingFailed(
        late
          ? `The embedding server did not answer within ${timeoutMs} ms`
          : "The embedding server cannot be reached",
      );
    }
  }

  return {
    identity: `http:${new URL(url).host}${new URL(url).pathname}:${model}${
      dimensions === undefined ? "" : `:${dimensions}`
    }`,
    async embed(texts) {
      const vectors: Float32Array[] = [];
      for (let at = 0; at < texts.length; at += batch) {
        vectors.push(...await request(texts.slice(at, at + batch)));
      }
      return vectors;
    },
  };
}
