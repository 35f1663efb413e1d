/**
 * The style sheet's colours for a canvas, which knows no variables, and the hatch of a bucket that is
 * not over yet.
 *
 * @module
 */

export type ReadColor = (variable: string) => string;

/** Reads colours as they are in effect at an element; each variable once. */
export function colorsAt(near: HTMLElement): ReadColor {
  const known = new Map<string, string>();
  return (variable) => {
    const color = known.get(variable) ?? resolved(near, variable);
    known.set(variable, color);
    return color;
  };
}

function resolved(near: HTMLElement, variable: string): string {
  // Only a used property is resolved: a variable's own value would be the text `light-dark(…)`.
  const probe = document.createElement("span");
  (near.parentElement ?? document.body).append(probe);
  probe.style.color = `var(--${variable})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Diagonal lines of a colour on the ground; the colour itself where no pattern can be made. */
export function hatched(color: string, ground: string): CanvasPattern | string {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 6;
  const pen = tile.getContext("2d");
  if (!pen) return color;
  pen.fillStyle = ground;
  pen.fillRect(0, 0, 6, 6);
  pen.strokeStyle = color;
  pen.lineWidth = 2;
  // Three strokes, so that the tile's edges meet.
  for (const shift of [-6, 0, 6]) {
    pen.moveTo(shift, 6);
    pen.lineTo(shift + 6, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat") ?? color;
}
