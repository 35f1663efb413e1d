/**
 * Where Deno keeps the engine's library. Importing the package's manifest is what fetches it when it is
 * absent (unless `--cached-only`); nothing of the package is executed.
 */
export async function libraryPath(packageName: string): Promise<string> {
  // A name that is only known at run time: otherwise type checks of the project would fetch 178 MB.
  const manifest = `${packageName}/package.json`;
  await import(manifest, { with: { type: "json" } });
  return decodeURIComponent(new URL("./libchdb.so", import.meta.resolve(manifest)).pathname);
}
