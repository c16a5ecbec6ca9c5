/** Escapes of the sync file (data-model B.4). A literal `#/#` or `#Enter#` cannot be told from an escape (E-13). */
export function escapeCell(value: string): string {
  return value.replaceAll('|', '#/#').replace(/\r\n|\n|\r/g, '#Enter#');
}

/** Both escapes share the #, so they are looked for in one pass from the left. */
export function unescapeCell(cell: string): string {
  return cell.includes('#') ? cell.replace(/#\/#|#Enter#/g, (escape) => (escape === '#/#' ? '|' : '\n')) : cell;
}
