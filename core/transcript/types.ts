/**
 * A call as a conversation: who said what, in order, whatever wire format it went through. The request's
 * messages come first, the answer last.
 *
 * @module
 */
import { z } from "zod";

/** A picture, as far as it can be shown without asking anybody for it. */
const imageSourceSchema = z.discriminatedUnion("kind", [
  /** Small enough and of a type that browsers draw and that holds no script. */
  z.object({ kind: z.literal("data"), url: z.string(), bytes: z.number().int().nonnegative() }),
  /** In the request, but too large or of another type. */
  z.object({
    kind: z.literal("withheld"),
    media_type: z.string(),
    bytes: z.number().int().nonnegative(),
  }),
  /** Elsewhere: named, never loaded. */
  z.object({ kind: z.literal("remote"), url: z.string() }),
]);
export type ImageSource = z.infer<typeof imageSourceSchema>;

const text = { text: z.string(), /** Characters that were left out at the end. */ cut: z.number() };

const turnPartSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), ...text }),
  z.object({ type: z.literal("refusal"), ...text }),
  z.object({ type: z.literal("reasoning"), ...text }),
  /** Reasoning that only its provider can read. */
  z.object({ type: z.literal("redacted") }),
  z.object({
    type: z.literal("tool_call"),
    id: z.string(),
    name: z.string(),
    /** As the model wrote them, JSON or not. */
    ...text,
  }),
  z.object({
    type: z.literal("tool_result"),
    /** The call that it answers; empty when it names none. */
    id: z.string(),
    name: z.string(),
    error: z.boolean(),
    ...text,
  }),
  z.object({ type: z.literal("image"), source: imageSourceSchema }),
  /** What is none of these: a file, a sound, a provider's own kind; JSON without its long values. */
  z.object({ type: z.literal("other"), name: z.string(), ...text }),
]);
export type TurnPart = z.infer<typeof turnPartSchema>;

const turnSchema = z.object({
  /** `system`, `developer`, `user`, `assistant`, `tool`, or what the request calls it. */
  role: z.string(),
  name: z.string().nullable(),
  parts: z.array(turnPartSchema),
});
export type Turn = z.infer<typeof turnSchema>;

export const transcriptSchema = z.object({
  turns: z.array(turnSchema),
  /** Turns in the middle that were left out, between the first and the last ones. */
  omitted: z.number().int().nonnegative(),
  /** The answer; null when none was kept or its format has no messages. */
  answer: turnSchema.nullable(),
  /** Tools that the request offered, by name. */
  tools: z.array(z.string()),
});
export type Transcript = z.infer<typeof transcriptSchema>;
