export type { Export } from './export/export.store';
export { Exports } from './export/export.service';
export { type Erasure, Erasures } from './erasure/erasure.service';
export { type Hold, Holds } from './holds/hold.service';
export type { EntryRow } from './log/entry-row';
export { type LogPage, OfficerLog } from './log/log.service';
export { RecordsModule } from './records.module';
