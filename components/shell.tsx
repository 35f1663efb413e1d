/**
 * The frame of every signed-in page: navigation, what is looked at, the page, and whether the store
 * behind it answers.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { Icon } from "./icon.tsx";
import { Logo } from "./logo.tsx";
import type { Frame } from "./shell/frame.ts";
import { Sidebar } from "./shell/sidebar.tsx";
import { type Control, TopBar } from "./shell/top_bar.tsx";

const all: readonly Control[] = ["range", "compare", "live"];

interface ShellProps {
  readonly frame: Frame;
  /** The page's heading. */
  readonly title: ComponentChildren;
  /** What of range, comparison and live the page obeys; all by default. */
  readonly controls?: readonly Control[];
  /** The choice of the range: an island, as `aside`. */
  readonly range?: ComponentChildren;
  /** What stands beside the page on every page: islands, which a component cannot import itself. */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Shell({ frame, title, controls = all, range, aside, children }: ShellProps) {
  const { url, view, project, projects, collapsed } = frame;
  return (
    <div class="shell" data-sidebar={collapsed ? "collapsed" : "open"}>
      <a class="skip" href="#content">Skip to content</a>
      <header class="phone-bar">
        <button type="button" class="icon-button" popovertarget="menu" title="Menu">
          <Icon name="menu" />
          <span class="sr">Menu</span>
        </button>
        <Logo href="/dashboard" />
        {projects.length > 1 && <span class="muted ellipsis">{project.name}</span>}
      </header>
      <div class="sidebar" id="menu" popover="auto">
        <Sidebar frame={frame} />
      </div>
      <main id="content" class="content" tabindex={-1}>
        <TopBar
          url={url}
          view={view}
          title={title}
          controls={controls}
          range={range}
        />
        {view.problem && controls.includes("range") && (
          <p class="notice warning">
            <Icon name="warning" />
            <span>{view.problem}</span>
          </p>
        )}
        {children}
      </main>
      {aside}
    </div>
  );
}
