import { expect } from "expect";
import { clearedSessionCookie, readSessionCookie, sessionCookie } from "@/core/identity/cookie.ts";
import { createFailureLimit } from "@/core/identity/failure_limit.ts";
import { isSameOrigin } from "@/core/identity/origin.ts";
import { dump, testIdentity } from "./fixture.ts";

const day = 86_400_000;

Deno.test("the right password opens a session, a wrong one does not", async () => {
  await using identity = await testIdentity({ password: "correct horse" });
  const right = await identity.signIn.withPassword("correct horse", "10.0.0.1");
  if (!right.ok) throw new Error(right.reason);
  expect(await identity.sessions.read(right.token)).toMatchObject({ id: right.session.id });
  for (const wrong of ["", "correct horse ", "Correct horse", "x".repeat(10_000)]) {
    expect(await identity.signIn.withPassword(wrong, "10.0.0.1"))
      .toEqual({ ok: false, reason: "wrong" });
  }
});

Deno.test("without a configured password no password opens a session", async () => {
  await using identity = await testIdentity();
  expect(identity.signIn.hasPassword).toBe(false);
  expect(await identity.signIn.withPassword("", "10.0.0.1")).toMatchObject({ ok: false });
  expect(await identity.signIn.withPassword("undefined", "10.0.0.1")).toMatchObject({ ok: false });
});

Deno.test("guessing is stopped for its address, the right password included, until the window ends", async () => {
  await using identity = await testIdentity({ password: "right" });
  const guesses = await Promise.all(
    Array.from({ length: 50 }, (_, i) => identity.signIn.withPassword(`guess ${i}`, "10.0.0.1")),
  );
  expect(guesses.filter((guess) => !guess.ok && guess.reason === "wrong")).toHaveLength(10);
  const limited = await identity.signIn.withPassword("right", "10.0.0.1");
  expect(limited).toEqual({ ok: false, reason: "limited", retryAfter: 900 });
  expect(await identity.signIn.withPassword("right", "10.0.0.2")).toMatchObject({ ok: true });
  identity.pass(15 * 60_000);
  expect(await identity.signIn.withPassword("right", "10.0.0.1")).toMatchObject({ ok: true });
});

Deno.test("guessing from many addresses is stopped for all", async () => {
  await using identity = await testIdentity({ password: "right" });
  for (let i = 0; i < 200; i++) await identity.signIn.withPassword("guess", `10.0.0.${i}`);
  expect(await identity.signIn.withPassword("right", "10.9.9.9"))
    .toMatchObject({ reason: "limited" });
});

Deno.test("addresses of one IPv6 network count as one, mapped IPv4 addresses do not", () => {
  const limit = createFailureLimit({ now: () => 0, perAddress: 1 });
  limit.failed("2001:db8:1:2:aaaa::1");
  expect(limit.wait("2001:db8:1:2::7")).toBeGreaterThan(0);
  expect(limit.wait("2001:db8:1:3::7")).toBe(0);
  limit.failed("::ffff:10.0.0.1");
  expect(limit.wait("10.0.0.1")).toBeGreaterThan(0);
  expect(limit.wait("::ffff:10.0.0.2")).toBe(0);
});

Deno.test("a link opens one session, whoever uses it at the same moment", async () => {
  await using identity = await testIdentity();
  const token = await identity.signIn.createLink();
  const uses = await Promise.all(
    Array.from({ length: 8 }, () => identity.signIn.withLink(token, "10.0.0.1")),
  );
  expect(uses.filter(({ ok }) => ok)).toHaveLength(1);
});

Deno.test("a link ends after a quarter of an hour", async () => {
  await using identity = await testIdentity();
  const token = await identity.signIn.createLink();
  identity.pass(15 * 60_000);
  expect(await identity.signIn.withLink(token, "10.0.0.1")).toMatchObject({ ok: false });
  expect(await identity.signIn.withLink("made up", "10.0.0.1")).toMatchObject({ ok: false });
});

Deno.test("a session lasts 30 days from its last use, and ends with sign-out", async () => {
  await using identity = await testIdentity();
  const { token } = await identity.sessions.create();
  for (let use = 0; use < 4; use++) {
    identity.pass(29 * day);
    expect(await identity.sessions.read(token)).not.toBeNull();
  }
  identity.pass(30 * day);
  expect(await identity.sessions.read(token)).toBeNull();

  const other = await identity.sessions.create();
  await identity.sessions.end(other.token);
  expect(await identity.sessions.read(other.token)).toBeNull();
  expect(await identity.sessions.read("made up")).toBeNull();
});

Deno.test("a session ends when the password that opened it is changed; a link's goes on", async () => {
  await using identity = await testIdentity({ password: "first" });
  const opened = await identity.signIn.withPassword("first", "10.0.0.1");
  const byLink = await identity.signIn.withLink(await identity.signIn.createLink(), "10.0.0.1");
  if (!opened.ok || !byLink.ok) throw new Error("Not signed in");
  // As it was: also after the session was extended, and in another process.
  identity.pass(2 * day);
  expect(await identity.sessions.read(opened.token)).not.toHaveProperty("password");
  expect(await identity.second().sessions.read(opened.token)).not.toBeNull();
  for (const changed of [identity.second("second"), identity.second(null)]) {
    expect(await changed.sessions.read(opened.token)).toBeNull();
    expect(await changed.sessions.read(byLink.token)).not.toBeNull();
  }
});

Deno.test("no token of a session or a link is in the store", async () => {
  await using identity = await testIdentity({ password: "correct horse" });
  const { token } = await identity.sessions.create();
  const link = await identity.signIn.createLink();
  const stored = await dump(identity.kv);
  expect(stored).toContain("session");
  for (const secret of [token, link, "correct horse"]) expect(stored).not.toContain(secret);
});

Deno.test("the cookie is closed to scripts and other sites, and bound to its host over https", () => {
  expect(sessionCookie("t", false)).toMatch(
    /^wl_session=t; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/,
  );
  expect(sessionCookie("t", true)).toMatch(/^__Host-wl_session=t; .*Secure$/);
  expect(clearedSessionCookie(false)).toContain("Max-Age=0");
  const header = "a=b; wl_session=plain; __Host-wl_session=bound";
  expect(readSessionCookie(header, true)).toBe("bound");
  expect(readSessionCookie(header, false)).toBe("plain");
  // Set by another host or over a plain connection: not taken for ours.
  expect(readSessionCookie("wl_session=plain", true)).toBeNull();
  expect(readSessionCookie("wl_session=", false)).toBeNull();
  expect(readSessionCookie(null, false)).toBeNull();
});

Deno.test("isSameOrigin() decides all combinations of Sec-Fetch-Site and Origin", () => {
  const sites = [null, "same-origin", "same-site", "cross-site", "none", "nonsense"];
  const origins = [null, "http://w.example", "http://evil.example", "null"];
  for (const site of sites) {
    for (const origin of origins) {
      const request = new Request("http://w.example/v1/projects", {
        method: "POST",
        headers: { ...(site && { "sec-fetch-site": site }), ...(origin && { origin }) },
      });
      const expected = site === null ? origin === "http://w.example" : site === "same-origin";
      expect({ site, origin, same: isSameOrigin(request) })
        .toEqual({ site, origin, same: expected });
    }
  }
});

Deno.test("isSameOrigin() holds behind a proxy that ends TLS, and to the port", () => {
  const from = (origin: string) =>
    isSameOrigin(
      new Request("http://w.example/", { headers: { origin, host: "w.example" } }),
    );
  expect(from("https://w.example")).toBe(true);
  expect(from("http://w.example:81")).toBe(false);
  expect(from("ftp://w.example")).toBe(false);
});
