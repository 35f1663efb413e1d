/**
 * The look that a viewer chose. It lives in a cookie, so the server writes the right one into the
 * first byte and nothing flashes.
 *
 * @module
 */

/** `system` follows the operating system and is what a viewer has before choosing. */
export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export const themeCookie = "wl_theme";
export const themeMaxAgeSeconds = 31_536_000;

/** The chosen theme, `system` for anything unknown. */
export function readTheme(value: string | null | undefined): Theme {
  return themes.find((theme) => theme === value) ?? "system";
}
