/**
 * The session's cookie. Over https it has the `__Host-` prefix, so that no other host and no plain
 * connection can have set it.
 *
 * @module
 */

/** Browsers cap a cookie's life at 400 days; the session behind it ends much sooner. */
const maxAge = 400 * 86_400;

const plainName = "wl_session";
const name = (secure: boolean) => secure ? `__Host-${plainName}` : plainName;

/** The `Set-Cookie` value that signs in. */
export function sessionCookie(token: string, secure: boolean): string {
  return cookie(token, secure, maxAge);
}

/** The `Set-Cookie` value that signs out. */
export function clearedSessionCookie(secure: boolean): string {
  return cookie("", secure, 0);
}

/** The token in a `Cookie` header, or null. */
export function readSessionCookie(header: string | null, secure: boolean): string | null {
  const start = `${name(secure)}=`;
  const found = header?.split(";").map((part) => part.trim()).find((part) =>
    part.startsWith(start)
  );
  return found?.slice(start.length) || null;
}

function cookie(value: string, secure: boolean, age: number): string {
  const attributes = ["Path=/", "HttpOnly", "SameSite=Lax", `Max-Age=${age}`];
  if (secure) attributes.push("Secure");
  return [`${name(secure)}=${value}`, ...attributes].join("; ");
}
