/**
 * A progress bar in one line of a terminal; elsewhere a line for each tenth.
 *
 * @module
 */

export interface Screen {
  /** Writes without a line feed. */
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
}

const width = 28;

export class ProgressBar {
  readonly #screen: Screen;
  readonly #label: string;
  readonly #total: number;
  #lastTenth = -1;

  constructor(screen: Screen, label: string, total: number) {
    this.#screen = screen;
    this.#label = label;
    this.#total = Math.max(1, total);
  }

  show(done: number, note = ""): void {
    const share = Math.min(1, done / this.#total);
    if (this.#screen.isTerminal) {
      const bar = "█".repeat(Math.round(share * width)).padEnd(width, "░");
      this.#screen.write(`\r\x1b[2K${this.#label} ${bar} ${Math.floor(share * 100)} % ${note}`);
      return;
    }
    const tenth = Math.floor(share * 10);
    if (tenth === 0 || tenth === this.#lastTenth) return;
    this.#lastTenth = tenth;
    this.#screen.write(`${this.#label} ${tenth * 10} % ${note}\n`);
  }

  /** Leaves the line as it is and goes to the next. */
  done(note: string): void {
    this.#screen.write(
      this.#screen.isTerminal
        ? `\r\x1b[2K${this.#label} ${"█".repeat(width)} ${note}\n`
        : `${this.#label} ${note}\n`,
    );
  }
}
