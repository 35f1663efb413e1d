/**
 * What the command palette offers: pages, projects, ranges.
 *
 * @module
 */
import type { IconName } from "../icon.tsx";
import { otherPage, sameView } from "../page_url.ts";
import { periods, periodWords } from "../view.ts";
import { settingsPages } from "../settings/tabs.tsx";
import { groups } from "./entries.ts";
import type { Frame } from "./frame.ts";

export interface Command {
  readonly label: string;
  /** What kind of thing it is, beside its label. */
  readonly kind: string;
  readonly icon: IconName;
  readonly href: string;
}

export function commandsOf({ url, projects, project }: Frame): readonly Command[] {
  return [
    ...groups.flatMap(({ title, entries }) =>
      entries.map(({ label, icon, path }) => ({
        label,
        kind: title === label ? "Page" : title,
        icon,
        href: otherPage(path, url),
      }))
    ),
    ...settingsPages.map(({ path, label }): Command => ({
      label,
      kind: "Settings",
      icon: "settings",
      href: otherPage(path, url),
    })),
    {
      label: "Failed requests",
      kind: "Requests",
      icon: "error",
      href: otherPage("/dashboard/requests", url, { status: ["error", "aborted"] }),
    },
    ...periods.map((period): Command => ({
      label: `Last ${periodWords[period]}`,
      kind: "Time range",
      icon: "calendar",
      href: sameView(url, { range: period }),
    })),
    ...projects.filter(({ id }) => id !== project.id).map(({ id, name }): Command => ({
      label: name,
      kind: "Project",
      icon: "updown",
      href: otherPage("/dashboard", url, { project: id }),
    })),
    {
      label: "New project",
      kind: "Project",
      icon: "plus",
      href: otherPage("/dashboard/projects/new", url),
    },
    { label: "Docs", kind: "Help", icon: "docs", href: "/docs" },
  ];
}

/**
 * The commands that fit what was typed: each of its words begins a word of the label or kind. Those
 * whose label begins with it come first.
 *
 * @example
 * ```ts
 * import { matching } from "@/components/shell/commands.ts";
 * import { expect } from "expect";
 *
 * const all = [{ label: "Cache", kind: "Cost savings" }, { label: "Last 7 days", kind: "Time range" }];
 * expect(matching(all, "7 d").map(({ label }) => label)).toEqual(["Last 7 days"]);
 * ```
 */
export function matching<T extends { readonly label: string; readonly kind: string }>(
  commands: readonly T[],
  typed: string,
): readonly T[] {
  const asked = wordsOf(typed);
  const fits = commands.filter(({ label, kind }) => {
    const words = wordsOf(`${label} ${kind}`);
    return asked.every((part) => words.some((word) => word.startsWith(part)));
  });
  const first = (command: T) => command.label.toLowerCase().startsWith(typed.toLowerCase().trim());
  return [...fits.filter(first), ...fits.filter((command) => !first(command))];
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}
