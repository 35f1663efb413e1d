/**
 * What the gateway's thread and the model's thread say to each other.
 *
 * @module
 */

/** The files of a model. Paths come from the operator alone. */
export interface ModelFiles {
  readonly model: string;
  readonly vocabulary: string;
  /** SHA-256 over both files, in hex: another content is another model. */
  readonly digest: string;
}

export interface Order {
  readonly id: number;
  readonly texts: readonly string[];
}

export type Request =
  | { readonly kind: "open"; readonly runtime: string; readonly files: ModelFiles }
  | { readonly kind: "embed"; readonly order: Order };

export type Reply =
  | { readonly kind: "opened" }
  /** Nothing can be embedded; the sentence says why. */
  | { readonly kind: "refused"; readonly why: string }
  | {
    readonly kind: "embedded";
    readonly id: number;
    /** One vector for each text, of length one. */
    readonly vectors: readonly Float32Array[];
  }
  | { readonly kind: "failed"; readonly id: number; readonly why: string };
