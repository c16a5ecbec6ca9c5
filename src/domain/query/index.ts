export { filterLimits, readFilter, type Condition } from './filter';
export { findField, type QueryField } from './fields';
export { assembleFields, fetchedPath, readProjection } from './projection';
export { QueryFault } from './query-fault';
export { readSort, type SortKey } from './sort';
