/** Tables as CSV that spreadsheets open rightly: UTF-8 with mark, no cell that a spreadsheet would run. */

export type Cell = string | number | boolean | null | undefined;

export function csvOf<Row>(
  columns: readonly { title: string; value?: (row: Row) => Cell }[],
  rows: readonly Row[],
): string {
  const kept = columns.filter((column) => column.value);
  const head = kept.map((column) => quoted(column.title));
  const lines = rows.map((row) => kept.map((column) => quoted(column.value?.(row))));
  return `\uFEFF${[head, ...lines].map((cells) => cells.join(',')).join('\r\n')}\r\n`;
}

/** Lets the browser save `content` as a file. */
export function save(name: string, content: string | Blob, type = 'text/csv;charset=utf-8'): void {
  const url = URL.createObjectURL(typeof content === 'string' ? new Blob([content], { type }) : content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function quoted(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'string') return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
