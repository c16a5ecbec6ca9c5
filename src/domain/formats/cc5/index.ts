export {
  checkCc5Header,
  parseCc5Header,
  type Cc5Column,
  type Cc5ColumnType,
  type Cc5Header,
  type Result,
} from './header';
export { readCc5Rows, type Cc5Row } from './reader';
export { createCc5Scanner, type Cc5Chunk, type Cc5Plan, type Cc5Scanner, type Cc5ScannerOptions } from './scanner';
export { cc5Cell, writeCc5Delete, writeCc5Footer, writeCc5Header, writeCc5Row } from './writer';
