/**
 * Lets preact render into the part of a parent between two nodes, as if it were an element.
 *
 * @module
 */

/** An element-like view of the nodes between `start` and `end`. */
export function fragmentBetween(start: Node, end: Node): Element {
  const parent = start.parentNode;
  if (!(parent instanceof Element)) throw new Error("Cannot revive an island outside an element");
  const view = {
    nodeType: Node.ELEMENT_NODE,
    parentNode: parent,
    ownerDocument: document,
    namespaceURI: parent.namespaceURI,
    localName: parent.localName,
    nextSibling: null,
    get firstChild() {
      return start.nextSibling === end ? null : start.nextSibling;
    },
    get childNodes() {
      return nodesBetween(start, end);
    },
    contains: (node: Node) => nodesBetween(start, end).some((child) => child.contains(node)),
    insertBefore: <T extends Node>(node: T, before: Node | null): T => {
      return parent.insertBefore(node, before ?? end);
    },
    appendChild: <T extends Node>(node: T): T => parent.insertBefore(node, end),
    removeChild: <T extends Node>(node: T): T => parent.removeChild(node),
  };
  // preact uses of its container no more than the above.
  return view as unknown as Element;
}

/** Replaces a marker by an empty text: preact would step over a comment, and past the end. */
export function textInPlaceOf(marker: Comment): Text {
  const text = document.createTextNode("");
  marker.replaceWith(text);
  return text;
}

function nodesBetween(start: Node, end: Node): ChildNode[] {
  const nodes: ChildNode[] = [];
  for (let node = start.nextSibling; node !== null && node !== end; node = node.nextSibling) {
    nodes.push(node);
  }
  return nodes;
}
