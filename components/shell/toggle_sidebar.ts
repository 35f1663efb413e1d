/**
 * Narrows or widens the sidebar in the browser, and keeps the choice in the cookie that the server
 * reads.
 *
 * @module
 */
import { sidebarCookie, sidebarMaxAgeSeconds } from "./frame.ts";

export function toggleSidebar(): void {
  const shell = document.querySelector<HTMLElement>(".shell");
  if (!shell) return;
  const next = shell.dataset.sidebar === "collapsed" ? "open" : "collapsed";
  shell.dataset.sidebar = next;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie =
    `${sidebarCookie}=${next}; Path=/; Max-Age=${sidebarMaxAgeSeconds}; SameSite=Lax${secure}`;
}
