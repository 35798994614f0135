/**
 * Rows of a CSV text (RFC 4180: quoted fields, doubled quotes, line ends inside quotes).
 * @throws Error naming the line where a quoted field does not end.
 */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  const source = text.replace(/^\uFEFF/, "");
  while (cell.lastIndex < source.length) {
    const from = cell.lastIndex;
    const found = cell.exec(source);
    if (!found) {
      const line = source.slice(0, from).split("\n").length;
      throw new Error(`line ${line}: a quote stands inside a field or does not end`);
    }
    const [, quoted, plain, end] = found;
    row.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push([...row, ""]);
  return rows;
}
