export { compileRecordPreparer } from './compile-record-preparer';
export { compileRowPreparer, malformedRow } from './compile-row-preparer';
export { customColumns, type InputColumn } from './custom-columns';
export { apartKey, isFieldOf } from './field-sources';
