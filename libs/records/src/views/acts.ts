/** What an act is in the words of the standards. Each view has its codes for each of these. */
export type Shape =
  | 'read'
  | 'query'
  | 'create'
  | 'update'
  | 'disclose'
  | 'export'
  | 'log-use'
  | 'login'
  | 'logout'
  | 'challenge'
  | 'account-add'
  | 'account-enable'
  | 'account-disable'
  | 'configure'
  | 'override-start'
  | 'override-stop'
  | 'destroy'
  | 'hold'
  | 'unhold'
  | 'alert'
  | 'other';

export interface ActCodes {
  readonly shape: Shape;
  /** The event class id of CEF: two letters for the subject, three digits. It never changes its meaning. */
  readonly cef: string;
  readonly name: string;
  /** CEF's, 0 to 10: up to 3 low, up to 6 medium, up to 8 high. A refusal counts as 6 at least. */
  readonly severity: number;
}

const codes = (shape: Shape, cef: string, name: string, severity = 1): ActCodes => ({
  shape,
  cef,
  name,
  severity,
});

/**
 * Every act of the house (a test compares it with the code). An act that is not here still gives valid rows: `codesOf`.
 * The shapes are those of research into FHIR's BALP, OCSF and CEF: decision 0013.
 */
export const ACTS: Readonly<Record<string, ActCodes>> = {
  // a conversation
  'intake.start': codes('create', 'IN100', 'Conversation started'),
  'intake.read': codes('read', 'IN110', 'Conversation read', 3),
  'intake.claim': codes('update', 'IN120', 'Conversation taken'),
  'intake.transfer': codes('update', 'IN121', 'Conversation transferred'),
  'intake.close': codes('update', 'IN122', 'Conversation closed'),
  'intake.rate': codes('update', 'IN123', 'Conversation rated'),
  'intake.leave': codes('update', 'IN124', 'Client left'),
  'intake.signal': codes('update', 'IN125', 'Signal in a conversation', 0),
  'intake.level-raised': codes('update', 'IN126', 'Assurance level raised', 2),
  'consent.given': codes('create', 'IN130', 'Consent given'),
  'queue.list': codes('query', 'IN140', 'Queue listed', 3),
  'message.post': codes('create', 'MS100', 'Message sent'),
  'note.write': codes('create', 'MS110', 'Note written'),
  'note.read': codes('read', 'MS111', 'Notes read', 3),
  // what was said, and what is known of a person
  'transcript.read': codes('read', 'TR100', 'Transcript read', 3),
  'transcript.search': codes('query', 'TR110', 'Transcripts searched', 4),
  'transcript.searched': codes('query', 'TR111', 'Transcripts searched', 4),
  'transcript.search-ended': codes('query', 'TR112', 'Search ended'),
  'transcript.search-deleted': codes('update', 'TR113', 'Search deleted'),
  'search.read': codes('query', 'TR114', 'Own searches looked at'),
  'transcript.export': codes('disclose', 'TR200', 'Transcript exported', 5),
  'record.read': codes('read', 'RC100', 'Record read', 3),
  'record.disclose': codes('disclose', 'RC110', 'Record value told to the client', 4),
  'records.imported': codes('create', 'RC120', 'Records imported', 4),
  // who a client is
  'identity.request': codes('update', 'ID100', 'Verification asked for'),
  'identity.prove': codes('update', 'ID101', 'Verification step'),
  'identity.claimed': codes('update', 'ID102', 'Identity claimed'),
  'identity.address-read': codes('read', 'ID110', 'Address of a record read', 3),
  'identity.code-sent': codes('update', 'ID111', 'Code sent'),
  'identity.code-not-sent': codes('update', 'ID112', 'Code not sent', 3),
  'identity.code-withheld': codes('update', 'ID113', 'Code withheld', 5),
  'identity.verified': codes('update', 'ID120', 'Identity verified', 2),
  'identity.failed': codes('update', 'ID121', 'Identity not verified', 5),
  'identity.locked': codes('update', 'ID122', 'Verification locked', 6),
  // a video call
  'consult.offer': codes('update', 'CO100', 'Video offered'),
  'consult.answer': codes('update', 'CO101', 'Video offer answered'),
  'consult.accept': codes('update', 'CO102', 'Video accepted'),
  'consult.decline': codes('update', 'CO103', 'Video declined'),
  'consult.ready': codes('update', 'CO104', 'Client in the lobby'),
  'consult.withdraw': codes('update', 'CO105', 'Video offer withdrawn'),
  'consult.admit': codes('update', 'CO110', 'Client admitted', 2),
  'consult.join': codes('update', 'CO111', 'Video joined', 2),
  'consult.leave': codes('update', 'CO112', 'Video left'),
  'consult.end': codes('update', 'CO113', 'Video ended'),
  // staff
  'staff.sign-in': codes('login', 'AU100', 'Signed in', 2),
  'staff.challenge': codes('challenge', 'AU101', 'Password right, second factor asked for', 2),
  'staff.sign-out': codes('logout', 'AU110', 'Signed out'),
  'staff.session-expired': codes('logout', 'AU111', 'Session ended by time'),
  'staff.added': codes('account-add', 'AD100', 'Staff member added', 5),
  'staff.enable': codes('account-enable', 'AD101', 'Staff member enabled', 5),
  'staff.disable': codes('account-disable', 'AD102', 'Staff member disabled', 5),
  'staff.manage': codes('account-disable', 'AD103', 'Staff member changed', 5),
  'staff.list': codes('query', 'AD110', 'Staff listed', 3),
  'self.read': codes('read', 'AD111', 'Own account read', 0),
  'officer-key.manage': codes('configure', 'AD200', 'Officer key managed', 6),
  'officer-key.read': codes('query', 'AD201', 'Officer keys listed', 3),
  'officer-key.proposed': codes('configure', 'AD202', 'Officer key proposed', 6),
  'officer-key.pinned': codes('configure', 'AD203', 'Officer key pinned', 6),
  'officer-key.rejected': codes('configure', 'AD204', 'Officer key rejected', 6),
  // how the house is set up
  'tenant.created': codes('configure', 'CF100', 'Organisation created', 5),
  'site.added': codes('configure', 'CF110', 'Site added', 3),
  'queue.added': codes('configure', 'CF120', 'Queue added', 3),
  'notice.published': codes('configure', 'CF130', 'Notice published', 3),
  'canned-reply.added': codes('configure', 'CF140', 'Canned reply added', 2),
  'reply.list': codes('query', 'CF141', 'Canned replies listed', 0),
  'insight.read': codes('query', 'CF150', 'Figures read', 1),
  // the log itself, exports and keys
  'audit.read': codes('log-use', 'AL100', 'Log read', 4),
  'audit.void': codes('other', 'AL110', 'Gap of a writer explained', 3),
  'export.create': codes('export', 'AL200', 'Export asked for', 5),
  'export.read': codes('query', 'AL201', 'Exports looked at', 3),
  'export.requested': codes('export', 'AL202', 'Export asked for', 5),
  'export.ready': codes('export', 'AL203', 'Export made', 5),
  'export.failed': codes('export', 'AL204', 'Export failed', 7),
  'export.downloaded': codes('export', 'AL205', 'Export taken away', 5),
  'log.altered': codes('alert', 'AL120', 'Log was changed', 10),
  'log.rewound': codes('alert', 'AL121', 'Log was set back', 10),
  'log.gap': codes('alert', 'AL122', 'Entries are missing', 8),
  'log.restored': codes('alert', 'AL123', 'Log continues after a restore', 7),
  'clock.skew': codes('alert', 'AL124', 'Clocks differ', 5),
  'anchor.stamped': codes('other', 'AL130', 'Checkpoint time-stamped'),
  'anchor.missing': codes('alert', 'AL131', 'Time stamp missing', 5),
  'witness.refused': codes('alert', 'AL132', 'Witness refused a checkpoint', 8),
  'witness.away': codes('alert', 'AL133', 'Witness does not answer', 5),
  'witness.back': codes('other', 'AL134', 'Witness answers again'),
  'policy.changed': codes('configure', 'CF160', 'Access rules changed', 6),
  'backup.restored': codes('alert', 'AL140', 'Backup restored', 7),
  'evidence.read': codes('log-use', 'AL300', 'State of the log looked at', 2),
  'key.created': codes('configure', 'KY100', 'Key created', 5),
  'key.read': codes('query', 'KY101', 'Keys looked at', 3),
  'key.rotate': codes('configure', 'KY110', 'Key change asked for', 5),
  'key.rotated': codes('configure', 'KY111', 'Key changed', 5),
  'key.rewrapped': codes('configure', 'KY112', 'Keys wrapped anew', 3),
  'key.destroyed': codes('destroy', 'KY120', 'Key destroyed', 7),
  // keeping and erasing
  'hold.read': codes('query', 'RT100', 'Holds looked at', 3),
  'hold.place': codes('hold', 'RT101', 'Hold asked for', 5),
  'hold.placed': codes('hold', 'RT102', 'Hold placed', 5),
  'hold.release': codes('unhold', 'RT110', 'Release of a hold asked for', 6),
  'hold.release-asked': codes('unhold', 'RT112', 'Release of a hold asked for', 6),
  'hold.release-declined': codes('hold', 'RT113', 'Release of a hold declined', 5),
  'hold.released': codes('unhold', 'RT111', 'Hold released', 6),
  'erase.read': codes('query', 'RT200', 'Erasures looked at', 3),
  'erase.request': codes('destroy', 'RT201', 'Erasure asked for', 7),
  'erase.requested': codes('destroy', 'RT202', 'Erasure begun', 7),
  'erase.certificate': codes('export', 'RT204', 'Certificate of an erasure taken', 3),
  'erase.replayed': codes('destroy', 'RT205', 'Erasure done again after a restore', 7),
  'hold.replayed': codes('hold', 'RT114', 'Hold placed again after a restore', 5),
  'erase.effective': codes('destroy', 'RT203', 'Erasure in effect', 7),
};

/** For an act that this version does not know: it is shown as what it is, an event without a finer code. */
const UNKNOWN = codes('other', 'XX000', 'Other act', 3);

export function codesOf(act: string): ActCodes {
  // An entry's act is lower-case words with dots, but `constructor.x` must not find what every object has.
  return Object.hasOwn(ACTS, act) ? (ACTS[act] ?? UNKNOWN) : UNKNOWN;
}
