/**
 * What an answer says, piece by piece, whatever its wire format: a reader turns the values of a body
 * or of a stream into these events. Folding them gives the message (`assemble.ts`); writing them in
 * another format gives its translation (`../translate/`).
 *
 * @module
 */
import type { Usage } from "../../event/usage.ts";
import type { JsonObject } from "../../json.ts";

/** Why an answer ended. `stop` also stands for reasons that nobody else knows. */
export type Finish =
  | "stop"
  | "stop_sequence"
  | "length"
  | "tool_calls"
  | "content_filter"
  | "refusal"
  | "pause";

/**
 * One piece. Pieces of the same `key` and kind belong together, in order; keys say nothing else. A tool
 * call's id and name may come with any of its pieces, its arguments are JSON text.
 */
export type AnswerEvent =
  | { readonly kind: "start"; readonly id: string | null; readonly model: string | null }
  | {
    readonly kind: "text";
    readonly key: string;
    readonly text: string;
    readonly signature?: string;
  }
  | { readonly kind: "refusal"; readonly key: string; readonly text: string }
  | {
    readonly kind: "reasoning";
    readonly key: string;
    readonly text: string;
    /** Proves the reasoning to the provider that made it. */
    readonly signature?: string;
  }
  /** Reasoning that only its provider can read. */
  | { readonly kind: "redacted"; readonly key: string; readonly data: string }
  | {
    readonly kind: "tool";
    readonly key: string;
    readonly id: string;
    readonly name: string;
    readonly arguments: string;
    readonly signature?: string;
  }
  /** A part of another type, as the provider wrote it; deltas to it are joined in `value`. */
  | {
    readonly kind: "other";
    readonly key: string;
    readonly type: string;
    readonly value: JsonObject;
  }
  | {
    readonly kind: "finish";
    readonly reason: Finish;
    /** In the provider's word. */
    readonly raw: string;
    /** The stop sequence that was met. */
    readonly stop?: string;
  }
  | { readonly kind: "usage"; readonly usage: Usage }
  | { readonly kind: "error"; readonly code: string; readonly message: string }
  /** The provider said that nothing follows. */
  | { readonly kind: "end" };

/** Reads an answer's JSON values in order: one for a body, one for each event of a stream. */
export interface PartReader {
  /** A value, or `"[DONE]"`. */
  add(value: unknown): readonly AnswerEvent[];
  /** What was still open when the bytes ended. */
  end(): readonly AnswerEvent[];
}
