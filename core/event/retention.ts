/**
 * Events about what is taken away: by the project's retention day after day, or because somebody asked
 * for it. Each is a fact with a place in the log: what stands before it and meets its condition is gone,
 * in every projection and in each that is made anew.
 *
 * @module
 */
import { z } from "zod";

const instant = z.iso.datetime({ precision: 3 });

/** What a project's retention has taken away with this event. */
export const retentionDataSchema = z.object({
  /** Calls, spans, scores and attempts that happened before are gone; null: none. */
  calls_before: instant.nullable(),
  /** Prompts and answers from before are gone; null: none. */
  bodies_before: instant.nullable(),
});
export type RetentionData = z.infer<typeof retentionDataSchema>;

/** What somebody asked to be taken away: all of one user, or one call. */
export const erasureDataSchema = z.union([
  z.object({
    user_id: z.string().min(1).max(512),
    /** Traces of this user alone: what names no user in them goes as well. */
    trace_ids: z.array(z.string()).readonly().optional(),
    /** Events about the user's calls that name somebody else or nobody: scores and attempts. */
    about_ids: z.array(z.string()).readonly().optional(),
  }),
  z.object({ event_id: z.string().min(1).max(128) }),
]);
export type ErasureData = z.infer<typeof erasureDataSchema>;

/** What stands in the place of an event that was taken out of the log. */
export const removedDataSchema = z.object({
  because: z.enum(["retention", "erasure"]),
});
