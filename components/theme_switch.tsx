/**
 * Chooses the look: system, light, dark, in turn. A form without script; with it the page changes at
 * once and the choice is kept in the same cookie.
 *
 * @module
 */
import { useState } from "preact/hooks";
import { Icon } from "./icon.tsx";
import { type Theme, themeCookie, themeMaxAgeSeconds, themes } from "./theme.ts";

interface ThemeSwitchProps {
  readonly theme: Theme;
  /** Where the form returns to: this page's path and query. */
  readonly next: string;
}

const words: Readonly<Record<Theme, string>> = {
  system: "Look: as the system",
  light: "Look: light",
  dark: "Look: dark",
};

export function ThemeSwitch({ theme, next }: ThemeSwitchProps) {
  const [current, setCurrent] = useState(theme);
  const following = themes[(themes.indexOf(current) + 1) % themes.length] ?? "system";

  const choose = (event: Event) => {
    event.preventDefault();
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie =
      `${themeCookie}=${following}; Path=/; Max-Age=${themeMaxAgeSeconds}; SameSite=Lax${secure}`;
    document.documentElement.dataset.theme = following;
    setCurrent(following);
  };

  return (
    <form method="post" action="/theme" onSubmit={choose}>
      <input type="hidden" name="theme" value={following} />
      <input type="hidden" name="next" value={next} />
      <button type="submit" class="icon-button" title={words[current]}>
        <Icon name={current} />
        <span class="sr">{`${words[current]}. Change to ${following}`}</span>
      </button>
    </form>
  );
}
