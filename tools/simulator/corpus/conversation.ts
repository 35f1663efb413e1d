/**
 * The form of the simulator's own corpus: short conversations as people have them with the kinds of
 * application that the demo plays. All of it was written for this project.
 *
 * @module
 */

export interface Turn {
  readonly user: string;
  readonly assistant: string;
}

export interface Conversation {
  /** Language tag, e.g. `de`. */
  readonly language: string;
  readonly turns: readonly Turn[];
}
