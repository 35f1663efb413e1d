/**
 * The frame of every signed-in page: navigation at the side, or behind a button on a phone. The menus
 * are popovers of the browser, so they need no script. An entry appears here with its page, not before.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { ThemeSwitch } from "./theme_switch.tsx";
import { Icon, type IconName } from "./icon.tsx";
import { Logo } from "./logo.tsx";
import { otherPage, sameView } from "./page_url.ts";
import type { Theme } from "./theme.ts";

export interface ProjectChoice {
  readonly id: string;
  readonly name: string;
}

interface ShellProps {
  readonly url: URL;
  readonly theme: Theme;
  readonly projects: readonly ProjectChoice[];
  readonly project: ProjectChoice;
  readonly version: string;
  readonly children: ComponentChildren;
}

interface Entry {
  readonly path: string;
  readonly label: string;
  readonly icon: IconName;
}

const groups: readonly { readonly title: string; readonly entries: readonly Entry[] }[] = [
  { title: "Cost savings", entries: [{ path: "/dashboard", label: "Overview", icon: "overview" }] },
];

export function Shell({ children, ...props }: ShellProps) {
  return (
    <div class="shell">
      <a class="skip" href="#content">Skip to content</a>
      <header class="phone-bar">
        <button type="button" class="icon-button" popovertarget="menu" title="Menu">
          <Icon name="menu" />
          <span class="sr">Menu</span>
        </button>
        <Logo href="/dashboard" />
        {props.projects.length > 1 && <span class="muted ellipsis">{props.project.name}</span>}
      </header>
      <div class="sidebar" id="menu" popover="auto">
        <Sidebar {...props} />
      </div>
      <main id="content" class="content" tabindex={-1}>{children}</main>
    </div>
  );
}

function Sidebar({ url, theme, projects, project, version }: Omit<ShellProps, "children">) {
  return (
    <>
      <div class="sidebar-head">
        <Logo href="/dashboard" />
      </div>
      <ProjectSwitch url={url} projects={projects} project={project} />
      <nav aria-label="Main">
        {groups.map(({ title, entries }) => (
          <section key={title}>
            <h2 class="small muted">{title}</h2>
            <ul role="list">
              {entries.map((entry) => (
                <li key={entry.path}>
                  <a
                    href={otherPage(entry.path, url)}
                    {...(entry.path === url.pathname && { "aria-current": "page" })}
                  >
                    <Icon name={entry.icon} />
                    {entry.label}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </nav>
      <div class="sidebar-foot">
        <a href="/docs">
          <Icon name="docs" />
          Docs
        </a>
        <form method="post" action="/sign-out">
          <button type="submit">
            <Icon name="leave" />
            Sign out
          </button>
        </form>
        <div class="foot-row">
          <span class="small muted">{`Version ${version}`}</span>
          <ThemeSwitch theme={theme} next={url.pathname + url.search} />
        </div>
      </div>
    </>
  );
}

function ProjectSwitch(
  { url, projects, project }: Pick<ShellProps, "url" | "projects" | "project">,
) {
  if (projects.length < 2) return null;
  return (
    <div class="project">
      <button type="button" popovertarget="projects" class="project-button">
        <span class="ellipsis">{project.name}</span>
        <span class="sr">, change project</span>
        <Icon name="updown" />
      </button>
      <div id="projects" class="menu" popover="auto">
        <ul role="list" aria-label="Projects">
          {projects.map(({ id, name }) => (
            <li key={id}>
              <a
                href={sameView(url, { project: id })}
                {...(id === project.id && { "aria-current": "true" })}
              >
                <span class="ellipsis">{name}</span>
                {id === project.id && <Icon name="check" />}
              </a>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
