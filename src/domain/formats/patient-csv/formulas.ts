/** A cell that begins so is run as a formula by spreadsheets. */
const opensFormula = /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/;

/** Signed numbers and telephone numbers, which only look like formulas. */
const isPlainNumber = /^[+-]?[\d(][\d\s().,/-]*$/;

const mark = "'";

/** A cell that no spreadsheet runs: a formula gets an apostrophe in front, as one would type it. */
export function defuseFormula(cell: string): string {
  return opensFormula.test(cell) && !isPlainNumber.test(cell) ? mark + cell : cell;
}

/** Takes off what `defuseFormula` has put there, so that rows of a results file can be sent again. */
export function withoutDefusingMark(cell: string): string {
  if (!cell.startsWith(mark)) return cell;
  const bare = cell.slice(1);
  return defuseFormula(bare) === cell ? bare : cell;
}
