/**
 * The bucket that is being read, for all charts of a page: point at one, and the others show the same
 * time.
 *
 * @module
 */
import { signal } from "@preact/signals";

/** The bucket's beginning, ISO UTC; null while none is read. Stays null on the server. */
export const pointedAt = signal<string | null>(null);
