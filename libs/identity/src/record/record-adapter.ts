import type { RecordId, TenantId } from '@app/kernel';
import { oneOf, type ReadReceipt, type Tx } from '@app/platform';

/** A text in both languages of the pages. */
export interface Label {
  readonly en: string;
  readonly es: string;
}

/** What a client says of themselves in the form. */
export interface Claim {
  readonly fullName: string;
  /** `YYYY-MM-DD`. */
  readonly dateOfBirth: string;
  readonly identifier: string;
}

export interface RecordValue {
  readonly field: string;
  readonly label: Label;
  readonly value: string;
}

/** A record that a claim resolves to. That there is one is known to the server alone until a code has come back. */
export interface ResolvedRecord {
  readonly recordId: RecordId;
  /** Stands for the address on the record without being it: the same for two records that share a mailbox. */
  readonly addressKey: string;
}

/** Where an organisation keeps what it knows of its clients. */
export interface RecordAdapter {
  /** Returns the record of this claim if all of it is right and the record has an e-mail address. */
  find(tx: Tx, claim: Claim): Promise<ResolvedRecord | undefined>;
  /** @throws AppError `NOT_FOUND`; as `Keys.open` otherwise. */
  readAddress(tx: Tx, receipt: ReadReceipt, recordId: RecordId): Promise<string>;
  /** Returns the values that staff see, in their order. @throws as `readAddress`. */
  readValues(tx: Tx, receipt: ReadReceipt, recordId: RecordId): Promise<RecordValue[]>;
  /**
   * Returns keyed tokens, 32 bytes each, of everything that a text may be saying: one of them is a guarded value's
   * exactly when the text holds it. For a statement that looks them up itself.
   */
  guardTokens(tx: Tx, text: string): Promise<Buffer>;
  /** The same without a transaction, if the tenant's key is in memory; nothing otherwise. */
  guardTokensAtOnce(tenantId: TenantId, text: string): Buffer | undefined;
  /** Returns the names of the fields, sorted, of which a value of any record of the tenant stands in the text. */
  guardedFieldsIn(tx: Tx, text: string): Promise<string[]>;
}

/** The directory whose key seals the values of all records. */
export const RECORDS = 'records';

/** What a receipt names to open one record, and no other of the tenant. */
export function recordNamed(recordId: RecordId): string {
  return oneOf(RECORDS, recordId);
}
