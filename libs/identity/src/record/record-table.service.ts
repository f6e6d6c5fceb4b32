import type { Actor } from '@app/audit';
import { deriveKey } from '@app/crypto';
import { AppError, type Clock, newId, type RecordId, type TenantId } from '@app/kernel';
import type { Keys, ReadReceipt, Recorder, Tx } from '@app/platform';
import { z } from 'zod';
import { canonicalName, compact } from '../guard/fold';
import { candidatesIn } from '../guard/forms';
import { tokenMaker } from '../guard/token-maker';
import { type ParsedRecord, parseRecords, type RecordDefinition } from './parse-records';
import {
  type Claim,
  type RecordAdapter,
  RECORDS,
  type RecordValue,
  type ResolvedRecord,
} from './record-adapter';

const CONTENT = 'record';
/** Records stored with one statement. */
const BATCH = 500;

const Label = z.strictObject({ en: z.string(), es: z.string() });
const Sealed = z.strictObject({
  v: z.literal(1),
  email: z.string(),
  values: z.array(z.strictObject({ field: z.string(), label: Label, value: z.string() })),
});

type Token = (value: string) => Buffer;

/** Records in a table of our own, which a CSV file fills. Values are sealed; what they are found by is keyed tokens. */
export class RecordTable implements RecordAdapter {
  private readonly tokens = new Map<TenantId, { readonly match: Token; readonly guard: Token }>();

  constructor(
    private readonly keys: Keys,
    private readonly recorder: Recorder,
    private readonly clock: Clock,
  ) {}

  /**
   * Adds the records of a CSV file, or changes those whose identifier is there already, and records how many.
   *
   * @throws AppError `INPUT_MALFORMED` as `parseRecords`.
   */
  async importRecords(
    tx: Tx,
    csv: string,
    definition: RecordDefinition,
    actor: Actor,
  ): Promise<{ readonly added: number; readonly changed: number }> {
    const records = parseRecords(csv, definition);
    let added = 0;
    for (let at = 0; at < records.length; at += BATCH)
      added += await this.storeBatch(tx, records.slice(at, at + BATCH));
    const detail = { added, changed: records.length - added };
    await this.recorder.record(tx, { act: 'records.imported', actor, detail });
    return detail;
  }

  async find(tx: Tx, claim: Claim): Promise<ResolvedRecord | undefined> {
    const { match } = await this.tokensOf(tx);
    const [found] = await tx.query<{ record_id: RecordId; token: Buffer }>(
      `SELECT r.record_id, v.token FROM record r
       JOIN record_value v ON v.tenant_id = r.tenant_id AND v.record_id = r.record_id AND v.field = 'email'
       WHERE r.tenant_id = $1 AND r.match_token = $2`,
      [tx.tenantId, match(matchForm(claim))],
    );
    return found && { recordId: found.record_id, addressKey: found.token.toString('base64') };
  }

  async readAddress(tx: Tx, receipt: ReadReceipt, recordId: RecordId): Promise<string> {
    return (await this.open(tx, receipt, recordId)).email;
  }

  async readValues(tx: Tx, receipt: ReadReceipt, recordId: RecordId): Promise<RecordValue[]> {
    return (await this.open(tx, receipt, recordId)).values;
  }

  async guardTokens(tx: Tx, text: string): Promise<Buffer> {
    const { guard } = await this.tokensOf(tx);
    return Buffer.concat([...candidatesIn(text)].map(guard));
  }

  guardTokensAtOnce(tenantId: TenantId, text: string): Buffer | undefined {
    const held = this.tokens.get(tenantId);
    return held && Buffer.concat([...candidatesIn(text)].map(held.guard));
  }

  async guardedFieldsIn(tx: Tx, text: string): Promise<string[]> {
    const tokens = await this.guardTokens(tx, text);
    if (tokens.length === 0) return [];
    // One parameter of bytes: an array of thousands of them would be written out as text.
    const rows = await tx.query<{ field: string }>(
      `SELECT DISTINCT field FROM record_value WHERE tenant_id = $1 AND token = ANY(ARRAY(
         SELECT substring($2::bytea FROM 32 * i + 1 FOR 32) FROM generate_series(0, octet_length($2::bytea) / 32 - 1) i))
       ORDER BY field`,
      [tx.tenantId, tokens],
    );
    return rows.map(({ field }) => field);
  }

  private async open(tx: Tx, receipt: ReadReceipt, recordId: RecordId): Promise<z.infer<typeof Sealed>> {
    const [row] = await tx.query<{ sealed_values: Buffer }>(
      'SELECT sealed_values FROM record WHERE tenant_id = $1 AND record_id = $2',
      [tx.tenantId, recordId],
    );
    if (row === undefined) throw new AppError('NOT_FOUND', 'There is no such record.');
    const place = { item: recordId, content: CONTENT };
    const opened = await this.keys.open(tx, receipt, RECORDS, place, row.sealed_values);
    return Sealed.parse(JSON.parse(opened.toString('utf8')));
  }

  /** Returns how many of them are new. */
  private async storeBatch(tx: Tx, records: readonly ParsedRecord[]): Promise<number> {
    const { match, guard } = await this.tokensOf(tx);
    const identifiers = records.map(({ identifier }) => match(`identifier\n${compact(identifier)}`));
    const held = await tx.query<{ record_id: RecordId; identifier_token: Buffer }>(
      `SELECT record_id, identifier_token FROM record
       WHERE tenant_id = $1 AND identifier_token = ANY($2::bytea[]) ORDER BY record_id FOR UPDATE`,
      [tx.tenantId, identifiers],
    );
    const known = new Map(held.map((row) => [row.identifier_token.toString('hex'), row.record_id]));
    const rows = [];
    for (const [i, record] of records.entries()) {
      const recordId = known.get(identifiers[i]?.toString('hex') ?? '') ?? newId<RecordId>();
      const values: z.infer<typeof Sealed> = { v: 1, email: record.email, values: [...record.values] };
      const place = { item: recordId, content: CONTENT };
      const sealed = await this.keys.seal(tx, RECORDS, place, JSON.stringify(values));
      rows.push({ recordId, sealed, match: match(matchForm(record)), guarded: record.guarded });
    }
    await tx.query(
      `INSERT INTO record (tenant_id, record_id, identifier_token, match_token, sealed_values, imported_at)
       SELECT $1::uuid, *, $6::timestamptz FROM unnest($2::uuid[], $3::bytea[], $4::bytea[], $5::bytea[])
       ON CONFLICT (tenant_id, record_id) DO UPDATE SET
         match_token = excluded.match_token, sealed_values = excluded.sealed_values, imported_at = excluded.imported_at`,
      [
        tx.tenantId,
        rows.map(({ recordId }) => recordId),
        identifiers,
        rows.map((row) => row.match),
        rows.map(({ sealed }) => sealed),
        this.clock.now(),
      ],
    );
    await tx.query('DELETE FROM record_value WHERE tenant_id = $1 AND record_id = ANY($2::uuid[])', [
      tx.tenantId,
      [...known.values()],
    ]);
    const guarded = rows.flatMap(({ recordId, guarded: all }) => all.map((one) => ({ recordId, ...one })));
    await tx.query(
      `INSERT INTO record_value (tenant_id, token, record_id, field)
       SELECT $1::uuid, * FROM unnest($2::bytea[], $3::uuid[], $4::text[]) ON CONFLICT DO NOTHING`,
      [
        tx.tenantId,
        guarded.map(({ form }) => guard(form)),
        guarded.map(({ recordId }) => recordId),
        guarded.map(({ field }) => field),
      ],
    );
    return records.length - known.size;
  }

  private async tokensOf(tx: Tx): Promise<{ readonly match: Token; readonly guard: Token }> {
    const held = this.tokens.get(tx.tenantId);
    if (held !== undefined) return held;
    const key = await this.keys.tokenKey(tx, 'records');
    const made = { match: tokenMaker(deriveKey(key, 'match')), guard: tokenMaker(deriveKey(key, 'guard')) };
    // The key is new with the tenant's first use of it, and gone again if that does not commit.
    tx.afterCommit(() => this.tokens.set(tx.tenantId, made));
    return made;
  }
}

function matchForm({ fullName, dateOfBirth, identifier }: Claim): string {
  return `match\n${canonicalName(fullName)}\n${dateOfBirth}\n${compact(identifier)}`;
}
