import { expect } from "expect";
import { makeKey } from "@/core/identity/key_format.ts";
import { loadMasterKey, masterKey } from "@/core/identity/master_key.ts";
import { masterKeyFile } from "@/core/identity/master_key_file.ts";
import { sealedWith } from "@/core/identity/seal.ts";
import { random, testIdentity } from "./fixture.ts";

const configured = `wl_live_${"Boot1234Boot"}_${"b".repeat(43)}`;

Deno.test("bootstrap() makes the first project and shows its key once", async () => {
  await using identity = await testIdentity();
  const first = await identity.projects.bootstrap();
  if (!first.ok || !first.made) throw new Error("expected a made key");
  expect(first.project).toMatchObject({ id: "default", name: "Default" });
  expect(await identity.verifier.verify(first.made.key)).toMatchObject({ project: "default" });
  const again = await identity.projects.bootstrap();
  expect(again).toMatchObject({ ok: true, made: null });
  expect(await identity.projects.keys("default")).toHaveLength(1);
});

Deno.test("bootstrap() with a configured key never shows one, and repeats without a trace", async () => {
  await using identity = await testIdentity();
  for (let start = 0; start < 3; start++) {
    expect(await identity.projects.bootstrap(configured)).toMatchObject({ ok: true, made: null });
  }
  expect(await identity.projects.keys("default")).toHaveLength(1);
  expect(await identity.verifier.verify(configured)).toMatchObject({ project: "default" });
});

Deno.test("bootstrap() adds a changed key beside the first one", async () => {
  await using identity = await testIdentity();
  await identity.projects.bootstrap(configured);
  const changed = makeKey("live", random);
  expect(await identity.projects.bootstrap(changed)).toMatchObject({ ok: true });
  expect(await identity.verifier.verify(configured)).not.toBeNull();
  expect(await identity.verifier.verify(changed)).not.toBeNull();
});

Deno.test("bootstrap() refuses a key whose public part belongs to another one", async () => {
  await using identity = await testIdentity();
  await identity.projects.bootstrap(configured);
  const sameId = `wl_live_${"Boot1234Boot"}_${"c".repeat(43)}`;
  const refused = await identity.projects.bootstrap(sameId);
  expect(refused).toMatchObject({ ok: false });
  expect(JSON.stringify(refused)).not.toContain("ccc");
  expect(await identity.verifier.verify(sameId)).toBeNull();
});

Deno.test("bootstrap() leaves a revoked key revoked and says so", async () => {
  await using identity = await testIdentity();
  await identity.projects.bootstrap(configured);
  await identity.projects.revokeKey("default", "Boot1234Boot");
  const again = await identity.projects.bootstrap(configured);
  expect(again).toMatchObject({ ok: true, warning: expect.stringContaining("revoked") });
  expect(await identity.verifier.verify(configured)).toBeNull();
});

Deno.test("bootstrap() in several processes at once makes one project", async () => {
  await using identity = await testIdentity();
  const all = await Promise.all(
    [identity, identity.second(), identity.second()].map(({ projects }) => projects.bootstrap()),
  );
  expect(all.filter((result) => result.ok && result.made)).toHaveLength(1);
  expect(await identity.projects.list()).toHaveLength(1);
});

Deno.test("a key is revoked only through its own project", async () => {
  await using identity = await testIdentity();
  const a = await identity.projects.create("A");
  const b = await identity.projects.create("B");
  expect(await identity.projects.revokeKey(b.project.id, a.issued.info.key_id)).toBe(false);
  expect(await identity.verifier.verify(a.issued.key)).not.toBeNull();
  expect(await identity.projects.issueKey("nowhere")).toBeNull();
  expect(await identity.projects.keys("nowhere")).toBeNull();
});

Deno.test("the master key is made once, for its owner alone, whoever comes first", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const dataDir = `${directory}/data`;
    const results = await Promise.all(
      Array.from({ length: 8 }, () => loadMasterKey(undefined, masterKeyFile(dataDir), random)),
    );
    const keys = results.map((result) => result.ok ? result.key.fingerprint : result.detail);
    expect(new Set(keys).size).toBe(1);
    expect(results.filter((result) => result.ok && result.made)).toHaveLength(1);
    expect(((await Deno.stat(`${dataDir}/master.key`)).mode ?? 0) & 0o777).toBe(0o600);
    expect([...Deno.readDirSync(dataDir)]).toHaveLength(1);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a master key that is none is refused without being repeated", async () => {
  const file = {
    read: () => Promise.resolve("c2VjcmV0"),
    create: () => Promise.resolve(false),
  };
  const result = await loadMasterKey(undefined, file, random);
  expect(result).toMatchObject({ ok: false, detail: expect.stringContaining("32 bytes") });
  expect(JSON.stringify(result)).not.toContain("c2VjcmV0");
});

Deno.test("a store says when it is opened with another master key", async () => {
  await using identity = await testIdentity();
  const first = masterKey(random(32));
  expect(await sealedWith(identity.kv, first)).toBe(true);
  expect(await sealedWith(identity.kv, first)).toBe(true);
  expect(await sealedWith(identity.kv, masterKey(random(32)))).toBe(false);
});
