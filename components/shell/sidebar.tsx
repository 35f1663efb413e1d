/**
 * The navigation at the side, or behind a button on a phone. Menus are popovers of the browser, so
 * they need no script.
 *
 * @module
 */
import { Icon } from "../icon.tsx";
import { Logo } from "../logo.tsx";
import { otherPage } from "../page_url.ts";
import { ThemeSwitch } from "../theme_switch.tsx";
import { groups, isBelow } from "./entries.ts";
import type { Frame } from "./frame.ts";

export function Sidebar({ frame }: { frame: Frame }) {
  const { url, theme, version, collapsed } = frame;
  return (
    <>
      <div class="sidebar-head">
        <Logo href="/dashboard" />
      </div>
      <ProjectSwitch frame={frame} />
      <nav aria-label="Main">
        {groups.map(({ title, entries }) => (
          <section key={title} aria-label={title}>
            {entries.length > 1 && <p class="group-title small muted" aria-hidden="true">{title}
            </p>}
            <ul role="list">
              {entries.map((entry) => (
                <li key={entry.path}>
                  <a
                    href={otherPage(entry.path, url)}
                    title={entry.label}
                    {...(isBelow(entry, url.pathname) && { "aria-current": "page", class: "here" })}
                  >
                    <Icon name={entry.icon} />
                    <span class="label">{entry.label}</span>
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </nav>
      <div class="sidebar-foot">
        <a href="/docs" title="Docs">
          <Icon name="docs" />
          <span class="label">Docs</span>
        </a>
        <form method="post" action="/sign-out">
          <button type="submit" title="Sign out">
            <Icon name="leave" />
            <span class="label">Sign out</span>
          </button>
        </form>
        <div class="foot-row">
          <span class="small muted label">{`Version ${version}`}</span>
          <ThemeSwitch theme={theme} next={url.pathname + url.search} />
          <CollapseSwitch collapsed={collapsed} next={url.pathname + url.search} />
        </div>
      </div>
    </>
  );
}

function CollapseSwitch({ collapsed, next }: { collapsed: boolean; next: string }) {
  const title = collapsed ? "Widen the sidebar" : "Narrow the sidebar";
  return (
    <form method="post" action="/sidebar" class="collapse">
      <input type="hidden" name="sidebar" value={collapsed ? "open" : "collapsed"} />
      <input type="hidden" name="next" value={next} />
      <button type="submit" class="icon-button" title={title}>
        <Icon name="sidebar" />
        <span class="sr">{title}</span>
      </button>
    </form>
  );
}

function ProjectSwitch({ frame: { url, projects, project } }: { frame: Frame }) {
  return (
    <div class="project">
      <button type="button" popovertarget="projects" class="project-button" title={project.name}>
        <span class="initial" aria-hidden="true">{initial(project.name)}</span>
        <span class="ellipsis label">{project.name}</span>
        <span class="sr">, change project</span>
        <Icon name="updown" />
      </button>
      <div id="projects" class="menu" popover="auto">
        <ul role="list" aria-label="Projects">
          {projects.map(({ id, name }) => (
            <li key={id}>
              <a
                href={otherPage(listOf(url.pathname), url, { project: id })}
                {...(id === project.id && { "aria-current": "true" })}
              >
                <span class="ellipsis">{name}</span>
                {id === project.id && <Icon name="check" />}
              </a>
            </li>
          ))}
        </ul>
        <p class="menu-foot">
          <a href={otherPage("/dashboard/projects/new", url)}>
            <Icon name="plus" />
            New project
          </a>
        </p>
      </div>
    </div>
  );
}

/** What another project has as well, this page if empty: a detail belongs to one, its list does not. */
function listOf(pathname: string): string {
  const [, detailOf] = /^(\/dashboard\/(?:requests|traces|sessions|users))\/./.exec(pathname) ?? [];
  return detailOf ?? (pathname.startsWith("/dashboard/projects/") ? "/dashboard" : "");
}

function initial(name: string): string {
  return ([...name.trim()][0] ?? "?").toUpperCase();
}
