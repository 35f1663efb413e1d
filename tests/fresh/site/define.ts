/**
 * The typed definitions of the fixture site.
 */
import { createDefine } from "fresh";

/** What the site's middlewares leave for its pages. */
export interface State {
  trail: string[];
}

export const define = createDefine<State>();
