import { randomUUID } from 'node:crypto';
import * as crypto from 'node:crypto';

declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

export type TenantId = Id<'Tenant'>;
export type SiteId = Id<'Site'>;
export type QueueId = Id<'Queue'>;
export type IntakeId = Id<'Intake'>;
export type MessageId = Id<'Message'>;
export type StaffId = Id<'Staff'>;
export type ConsultId = Id<'Consult'>;
export type RecordId = Id<'Record'>;
export type EntryId = Id<'Entry'>;
export type ExportId = Id<'Export'>;
export type ErasureId = Id<'Erasure'>;
export type HoldId = Id<'Hold'>;
export type SearchId = Id<'Search'>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a string has the shape of an id. Upper case is refused, so that one thing has one spelling. */
export function isId(value: string): boolean {
  return UUID.test(value);
}

type UuidV7 = { randomUUIDv7?: () => string };

/**
 * Returns a new UUID, version 7 (RFC 9562, section 5.7): it sorts by the time it was made, so an index on it grows
 * at one end. The cast names what it is an id of.
 */
export function newId<T extends string>(): T {
  const make = (crypto as UuidV7).randomUUIDv7 ?? randomUUID;
  return make() as T;
}
