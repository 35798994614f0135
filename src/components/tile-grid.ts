/** Where an arrow key leads in a table: columns and rows. */
const moves: Record<string, readonly [columns: number, rows: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Milliseconds that each frame is shown while they play. */
const pace = 500;

/**
 * Makes the tiles of a table one stop of the Tab key, with arrow keys from tile to tile, and shows
 * frames one at a time.
 */
class TileGrid extends HTMLElement {
  private timer: ReturnType<typeof setInterval> | undefined;

  connectedCallback(): void {
    for (const frame of this.querySelectorAll<HTMLElement>(".frame")) this.makeStops(frame);
    const scrubber = this.querySelector<HTMLFormElement>(".scrubber");
    if (scrubber) this.step(scrubber);
  }

  disconnectedCallback(): void {
    clearInterval(this.timer);
  }

  private makeStops(frame: HTMLElement): void {
    const tiles = [...frame.querySelectorAll<HTMLTableCellElement>("td.tile:has(> .tip)")];
    for (const [i, tile] of tiles.entries()) tile.tabIndex = i === 0 ? 0 : -1;
    frame.addEventListener("keydown", (event) => this.move(event, tiles));
    frame.addEventListener("focusin", ({ target }) => {
      const focused = tiles.find((tile) => tile === target);
      if (focused) for (const tile of tiles) tile.tabIndex = tile === focused ? 0 : -1;
    });
  }

  private move(event: KeyboardEvent, tiles: HTMLTableCellElement[]): void {
    const from = tiles.find((tile) => tile === event.target);
    if (!from) return;
    const step = moves[event.key];
    if (!step) return;
    event.preventDefault();
    const rows = [...new Set(tiles.map((tile) => tile.parentElement))];
    const row = rows[rows.indexOf(from.parentElement) + step[1]];
    const column = from.cellIndex + step[0];
    tiles.find((tile) => tile.parentElement === row && tile.cellIndex === column)?.focus();
  }

  private step(scrubber: HTMLFormElement): void {
    const frames = [...this.querySelectorAll<HTMLElement>(".frame")];
    const range = scrubber.querySelector("input")!;
    const button = scrubber.querySelector("button")!;
    const show = (): void => {
      const current = frames[range.valueAsNumber]!;
      for (const frame of frames) frame.classList.toggle("current", frame === current);
      const label = current.dataset["label"] ?? "";
      scrubber.querySelector("output")!.value = label;
      range.setAttribute("aria-valuetext", label);
    };
    const stop = (): void => {
      clearInterval(this.timer);
      this.timer = undefined;
      button.textContent = "▶";
      button.ariaLabel = "Play";
    };
    const play = (): void => {
      if (range.valueAsNumber === frames.length - 1) range.value = "0";
      show();
      button.textContent = "❚❚";
      button.ariaLabel = "Pause";
      this.timer = setInterval(() => {
        range.value = String(range.valueAsNumber + 1);
        show();
        if (range.valueAsNumber === frames.length - 1) stop();
      }, pace);
    };
    range.addEventListener("input", () => {
      stop();
      show();
    });
    button.addEventListener("click", () => (this.timer ? stop() : play()));
    button.hidden = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.classList.add("stepping");
    show();
  }
}

customElements.define("tile-grid", TileGrid);
