/**
 * The embedded matcher's name among embedders. It changes with the coefficients, and then every
 * partition starts anew: scores of two versions do not compare.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { coefficients } from "./coefficients.ts";

const version = createHash("sha256").update(coefficients.trees).digest("hex").slice(0, 12);

export const matcherIdentity = `embedded:${version}`;
