/**
 * The event that tells of a change of a project's settings.
 *
 * @module
 */
import { z } from "zod";

/** The parts that settings come in; each is changed, versioned and read by itself. */
const settingsSectionSchema = z.enum([
  "cache",
  "routing",
  "limits",
  "providers",
  "retention",
]);
export type SettingsSection = z.infer<typeof settingsSectionSchema>;

/** One section as it is from now on; the event before it is replaced. */
export const settingsDataSchema = z.object({
  section: settingsSectionSchema,
  /** Counts the section's changes in this project from 1. */
  version: z.number().int().positive(),
  /** Its form is the section's own, so that older events can be read by whoever knows the section. */
  settings: z.record(z.string(), z.json()),
});
