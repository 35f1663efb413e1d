/**
 * The bar above a page: its heading, and what it looks at. Everything here is a link or a form, so that
 * each view has an address and nothing needs script.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { Icon } from "../icon.tsx";
import { sameView } from "../page_url.ts";
import { previousLabel, refreshChoices, type View } from "../view.ts";

/** Which of the usual controls a page has. */
export type Control = "range" | "compare" | "live";

interface TopBarProps {
  readonly url: URL;
  readonly view: View;
  readonly title: ComponentChildren;
  readonly controls: readonly Control[];
  /** The choice of the range: an island, which a component cannot import itself. */
  readonly range: ComponentChildren;
}

export function TopBar({ url, view, title, controls, range }: TopBarProps) {
  return (
    <header class="top-bar">
      <h1 class="ellipsis">{title}</h1>
      {controls.length > 0 && (
        <div
          class="controls"
          data-controls={[...controls, view.range.kind === "dates" ? "own" : ""].join(" ").trim()}
        >
          {controls.includes("range") && range}
          {controls.includes("compare") && <CompareSwitch url={url} view={view} />}
          {controls.includes("live") && <LiveMenu url={url} view={view} />}
        </div>
      )}
    </header>
  );
}

interface ControlProps {
  readonly url: URL;
  readonly view: View;
}

function CompareSwitch({ url, view }: ControlProps) {
  const against = previousLabel(view.range);
  return (
    <a
      class={view.compare ? "control on" : "control"}
      href={sameView(url, { compare: view.compare ? "off" : null })}
      title={view.compare ? `Compared with the ${against}. Stop` : `Compare with the ${against}`}
    >
      <Icon name="compare" />
      <span class="wide-only">{view.compare ? "vs previous" : "Compare"}</span>
      <span class="sr">
        {view.compare ? `: compared with the ${against}; stop` : `: compare with the ${against}`}
      </span>
    </a>
  );
}

function LiveMenu({ url, view }: ControlProps) {
  return (
    <>
      <button
        type="button"
        class={view.live ? "control live on" : "control live"}
        popovertarget="live-menu"
        title={view.live ? "Figures follow the calls" : "Figures stand still"}
      >
        <svg viewBox="0 0 8 8" width="8" height="8" aria-hidden="true">
          <circle cx="4" cy="4" r="3" />
        </svg>
        {view.live ? `Live, ${everyText(view.everySeconds)}` : "Paused"}
        <Icon name="down" />
      </button>
      <div id="live-menu" class="menu anchored" popover="auto">
        <ul role="list" aria-label="Follow the calls">
          {refreshChoices.map((seconds) => {
            const chosen = view.live && view.everySeconds === seconds;
            return (
              <li key={seconds}>
                <a
                  href={sameView(url, { live: null, every: String(seconds) })}
                  {...(chosen && { "aria-current": "true" })}
                >
                  {`Every ${everyText(seconds)}`}
                  {chosen && <Icon name="check" />}
                </a>
              </li>
            );
          })}
          <li>
            <a
              href={sameView(url, { live: "off" })}
              {...(!view.live && { "aria-current": "true" })}
            >
              Paused
              {!view.live && <Icon name="check" />}
            </a>
          </li>
        </ul>
      </div>
    </>
  );
}

/** The address's parameters as fields of a form that changes some of them. */
export function HiddenParams({ url, without }: { url: URL; without: readonly string[] }) {
  const rest = new URL(sameView(url, {}), url).searchParams;
  return (
    <>
      {[...rest].filter(([name]) => !without.includes(name)).map(([name, value], index) => (
        <input key={index} type="hidden" name={name} value={value} />
      ))}
    </>
  );
}

function everyText(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${seconds / 60} min`;
}
