export { IdentityModule } from './identity.module';
export type { BadRow, RecordDefinition } from './record/parse-records';
export {
  type Claim,
  type Label,
  type RecordAdapter,
  recordNamed,
  type RecordValue,
} from './record/record-adapter';
export { RecordTable } from './record/record-table.service';
export type { MailLocale } from './verification/mail';
export { neutralDelay, type Pace, systemPace } from './verification/neutral-delay';
export {
  type Claimed,
  type StaffState,
  type Tried,
  VerificationService,
} from './verification/verification.service';
