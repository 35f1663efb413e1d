/**
 * Azure's names for models.
 *
 * @module
 */
import type { Credential } from "../vault/types.ts";

/** The deployment of a model, when the resource has one of another name. */
export function deploymentOf(credential: Credential | null, model: string): string {
  if (credential?.kind !== "azure") return model;
  const { deployments } = credential;
  if (Object.hasOwn(deployments, model)) return model;
  return Object.entries(deployments).find(([, deployed]) => deployed === model)?.[0] ?? model;
}
