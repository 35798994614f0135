/** Where an arrow key leads in a table: columns and rows. */
const moves: Record<string, readonly [columns: number, rows: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Makes the tiles of a table one stop of the Tab key; arrow keys go from tile to tile. */
class TileTable extends HTMLElement {
  connectedCallback(): void {
    const tiles = [...this.querySelectorAll<HTMLTableCellElement>("td.tile:has(> .tip)")];
    for (const [i, tile] of tiles.entries()) tile.tabIndex = i === 0 ? 0 : -1;
    this.addEventListener("keydown", (event) => this.move(event, tiles));
    this.addEventListener("focusin", ({ target }) => {
      const focused = tiles.find((tile) => tile === target);
      if (focused) for (const tile of tiles) tile.tabIndex = tile === focused ? 0 : -1;
    });
  }

  private move(event: KeyboardEvent, tiles: HTMLTableCellElement[]): void {
    const from = tiles.find((tile) => tile === event.target);
    if (!from) return;
    if (event.key === "Escape") from.blur();
    const step = moves[event.key];
    if (!step) return;
    event.preventDefault();
    const rows = [...new Set(tiles.map((tile) => tile.parentElement))];
    const row = rows[rows.indexOf(from.parentElement) + step[1]];
    const column = from.cellIndex + step[0];
    tiles.find((tile) => tile.parentElement === row && tile.cellIndex === column)?.focus();
  }
}

customElements.define("tile-table", TileTable);
