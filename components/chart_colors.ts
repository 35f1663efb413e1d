/**
 * The style sheet's colours for a canvas, which knows no variables, and the hatch of a bucket that is
 * not over yet.
 *
 * @module
 */

export interface ChartColors {
  readonly requests: string;
  readonly errors: string;
  readonly cost: string;
  readonly line: string;
  readonly muted: string;
  readonly mark: string;
  readonly surface: string;
}

/** Reads the colours as they are in effect at an element. */
export function readColors(near: HTMLElement): ChartColors {
  // Only a used property is resolved: a variable's own value would be the text `light-dark(…)`.
  const probe = document.createElement("span");
  (near.parentElement ?? document.body).append(probe);
  const read = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const colors = {
    requests: read("--series-1"),
    errors: read("--series-error"),
    cost: read("--series-2"),
    line: read("--line"),
    muted: read("--muted"),
    mark: read("--hover"),
    surface: read("--surface"),
  };
  probe.remove();
  return colors;
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
