/**
 * Finds the islands and slots that the server marked in a document.
 *
 * @module
 */

/** What the markers delimit. */
export interface Range {
  kind: "island" | "slot";
  details: string[];
  start: Comment;
  end: Comment;
}

/** The ranges below a node: islands that stand in no other one, and all slots by their id. */
export interface Found {
  roots: Range[];
  slots: Map<number, Range>;
}

const OPENING = /^frsh:(island|slot):(.*)$/;

/** Reads the markers below a node. */
export function findRanges(node: Node): Found {
  const found: Found = { roots: [], slots: new Map() };
  const open: { kind: "island" | "slot"; details: string[]; start: Comment }[] = [];
  for (const comment of comments(node)) {
    const opening = readMarker(comment);
    if (opening !== null) {
      open.push({ ...opening, start: comment });
    } else if (comment.data.startsWith("/frsh:")) {
      const last = open.pop();
      if (last === undefined) continue;
      const range = { ...last, end: comment };
      if (range.kind === "slot") found.slots.set(Number(range.details[0]), range);
      // Only the outermost is revived from the document; it revives what is inside.
      else if (open.length === 0) found.roots.push(range);
    }
  }
  return found;
}

/** Reads an opening marker, null for any other comment. */
export function readMarker(
  comment: Comment,
): { kind: "island" | "slot"; details: string[] } | null {
  const match = OPENING.exec(comment.data);
  if (match === null) return null;
  return { kind: match[1] === "island" ? "island" : "slot", details: (match[2] ?? "").split(":") };
}

/** The closing marker that belongs to an opening one; both have the same parent. */
export function closingMarker(start: Comment): Comment | null {
  let depth = 0;
  for (let node: Node | null = start; node !== null; node = node.nextSibling) {
    if (!(node instanceof Comment)) continue;
    if (node.data.startsWith("frsh:")) depth++;
    if (node.data.startsWith("/frsh:") && --depth === 0) return node;
  }
  return null;
}

function comments(node: Node): Comment[] {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_COMMENT);
  const list: Comment[] = [];
  while (walker.nextNode()) {
    if (walker.currentNode instanceof Comment) list.push(walker.currentNode);
  }
  return list;
}
