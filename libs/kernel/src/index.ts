export {
  type Clock,
  DAY,
  HOUR,
  instantAt,
  later,
  midnightOf,
  MINUTE,
  msOf,
  SECOND,
  systemClock,
  utcMs,
} from './clock';
export { AppError, type ErrorCode, type ErrorExtra } from './errors';
export {
  type ConsultId,
  type EntryId,
  type ExportId,
  type HoldId,
  type IntakeId,
  isId,
  type MessageId,
  newId,
  type QueueId,
  type RecordId,
  type SiteId,
  type StaffId,
  type TenantId,
} from './ids';
