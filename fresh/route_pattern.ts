/**
 * Turns file names into address patterns: `blog/[slug]` into `/blog/:slug`, `[[page]]` into an
 * optional part, `[...rest]` into the remainder, and joins patterns below a base path.
 *
 * @module
 */

/** The pattern of a route file, given by its path below `routes/` without extension. */
export function pathToPattern(path: string, options: { keepGroups?: boolean } = {}): string {
  const parts = path.split("/");
  if (parts.at(-1) === "index") parts.pop();

  let pattern = "";
  let required = 0;
  for (const part of parts) {
    if (part === "") continue;
    if (!options.keepGroups && isGroup(part)) continue;
    const optional = /^\[\[([^\[\]]+)\]\]$/.exec(part);
    if (optional) {
      pattern += `{/:${optional[1]}}?`;
      continue;
    }
    const rest = /^\[\.\.\.([^\[\]]+)\]$/.exec(part);
    if (!rest) required++;
    pattern += rest ? `/:${rest[1]}*` : `/${segmentPattern(part, path)}`;
  }
  if (pattern === "") return "/";
  // An optional part at the root has no slash of its own in front of it.
  if (required === 0 && pattern.startsWith("{/")) return pattern.replace("{/", "/{");
  return pattern;
}

/** The names of the folders that a pattern passes through, the last part left out on request. */
export function patternFolders(pattern: string, includeLast: boolean): string[] {
  if (pattern === "*" || pattern === "/*" || pattern === "/") return [];
  const folders = pattern.replace(/\{[^}]*\}\??/g, "").split("/").slice(1);
  const last = folders.pop();
  if (includeLast && last !== undefined && last !== "") folders.push(last);
  return folders;
}

/** Puts a pattern below a base path. */
export function joinPattern(base: string, pattern: string, mounting: boolean): string {
  const root = base.replace(/\/?\*?$/, "");
  if (pattern === "*") return root + (mounting ? "" : "/*");
  if (pattern === "/" && root !== "") return root;
  return root + pattern;
}

function isGroup(part: string): boolean {
  return part.startsWith("(") && part.endsWith(")");
}

function segmentPattern(part: string, path: string): string {
  if (part.includes("][")) {
    throw new SyntaxError(
      `Cannot read the route "${path}": two parameters need characters between them`,
    );
  }
  const pattern = part.replace(/\[([^\[\]]+)\]/g, ":$1");
  if (/[\[\]]/.test(pattern)) {
    throw new SyntaxError(`Cannot read the route "${path}": a bracket is not closed`);
  }
  return pattern;
}
