/**
 * The models that the operator has named in the configuration, by name. Projects choose among the names
 * and cannot name a path.
 *
 * @module
 */
import { errorMessage } from "../../../../caught.ts";
import { findModel, type NamedModel } from "./model_files.ts";
import { type OnnxEmbedder, onnxEmbedder, type OnnxPorts } from "./onnx_embedder.ts";

export interface OnnxModels {
  readonly names: readonly string[];
  /** Null when there is no model of that name. */
  of(name: string): OnnxEmbedder | null;
  close(): void;
}

/** No model at all. */
export const noOnnxModels: OnnxModels = { names: [], of: () => null, close() {} };

/** Finds the named models' files; one that cannot be used is reported, and left out. */
export async function openOnnxModels(
  named: ReadonlyMap<string, NamedModel>,
  ports: OnnxPorts,
): Promise<OnnxModels> {
  const models = new Map<string, OnnxEmbedder>();
  for (const [name, files] of named) {
    try {
      models.set(name, onnxEmbedder(name, await findModel(files), ports));
    } catch (error) {
      const reason = errorMessage(error);
      ports.report("A local embedding model cannot be used", { model: name, reason });
    }
  }
  return {
    names: [...models.keys()],
    of: (name) => models.get(name) ?? null,
    close() {
      for (const model of models.values()) model.close();
    },
  };
}
