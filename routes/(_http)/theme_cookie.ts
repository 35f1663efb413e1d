/**
 * The cookie that keeps the chosen look. Readable by the page, which changes it without a request.
 *
 * @module
 */
import { readTheme, type Theme, themeCookie, themeMaxAgeSeconds } from "@/components/theme.ts";

export function requestTheme(request: Request): Theme {
  const pairs = request.headers.get("cookie")?.split(";").map((pair) => pair.trim());
  const found = pairs?.find((pair) => pair.startsWith(`${themeCookie}=`));
  return readTheme(found?.slice(themeCookie.length + 1));
}

export function themeSetCookie(theme: Theme, secure: boolean): string {
  const value = `${themeCookie}=${theme}; Path=/; Max-Age=${themeMaxAgeSeconds}; SameSite=Lax`;
  return secure ? `${value}; Secure` : value;
}
