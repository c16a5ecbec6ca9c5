import { parse } from 'csv-parse/sync';

export type CsvDelimiter = ',' | ';' | '\t';

/** Cells of every record, blank ones too. Quotation marks in odd places are read as they stand. */
export function parseCells(text: string, delimiter: CsvDelimiter): string[][] {
  return parse(text, {
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_quotes: true,
    relax_column_count: true,
  });
}
