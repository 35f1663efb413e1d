/**
 * What every page of the dashboard has around it. A page gets one from `openFrame()` and hands it to
 * its `Shell`.
 *
 * @module
 */
import type { Readiness } from "../readiness.ts";
import type { Theme } from "../theme.ts";
import type { View } from "../view.ts";

export interface ProjectChoice {
  readonly id: string;
  readonly name: string;
}

export interface Frame {
  readonly url: URL;
  readonly theme: Theme;
  readonly projects: readonly ProjectChoice[];
  readonly project: ProjectChoice;
  readonly view: View;
  readonly readiness: Readiness;
  /** Calls from before this instant are gone, and the view reaches back to them; else absent. */
  readonly removedBefore?: string;
  /** Whether the sidebar shows its icons alone. */
  readonly collapsed: boolean;
  readonly version: string;
}

export const sidebarCookie = "wl_sidebar";
export const sidebarMaxAgeSeconds = 31_536_000;
