export { compileRecordPreparer } from './compile-record-preparer';
export { compileRowPreparer, customColumns, malformedRow, type InputColumn } from './compile-row-preparer';
