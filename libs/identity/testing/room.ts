import { hashPassword, isPassword } from '@app/crypto';
import { type Clock, type IntakeId, newId, type RecordId, type TenantId } from '@app/kernel';
import { Keys, type ReadReceipt, Recorder, type Tx } from '@app/platform';
import { memoryKms, type TestDatabase, testDatabase } from '@app/platform/testing';
import { type IdentityLimits, identityLimits } from '@app/policies';
import { join } from 'node:path';
import type { RecordDefinition } from '../src/record/parse-records';
import { recordNamed } from '../src/record/record-adapter';
import { RecordTable } from '../src/record/record-table.service';
import { type Claimed, type Tried, VerificationService } from '../src/verification/verification.service';

/** Stands still until it is told to step, forwards or back. */
export class StandingClock implements Clock {
  private at = Date.UTC(2026, 5, 1, 9, 0, 0);

  now(): Date {
    return new Date(this.at);
  }

  step(ms: number): void {
    this.at += ms;
  }
}

export const DEFINITION: RecordDefinition = {
  identifier: 'mrn',
  fullName: 'name',
  dateOfBirth: 'born',
  email: 'mail',
  phone: 'phone',
  others: [
    {
      column: 'next',
      field: 'next_appointment',
      label: { en: 'Next appointment', es: 'Próxima cita' },
      guarded: true,
    },
    { column: 'reason', field: 'reason', label: { en: 'Reason', es: 'Motivo' }, guarded: true },
    { column: 'desk', field: 'desk', label: { en: 'Desk', es: 'Mostrador' }, guarded: false },
  ],
};

export const HEAD = 'mrn,name,born,mail,phone,next,reason,desk';
export const CSV = [
  HEAD,
  'MRN-004217,Example Canaria Uno,2001-02-03,canary.one@mail.example.org,+1 202 555 0147,2027-03-05 14:30,Quarzite knee replacement,North wing',
  'MRN-004218,Example Canaria Dos,1958-11-30,canary.two@mail.example.org,+1 202 555 0148,,Basalt hip review,South wing',
].join('\n');
export const RIGHT = { fullName: 'example canaria UNO', dateOfBirth: '2001-02-03', identifier: 'mrn 004217' };
export const WRONG = { ...RIGHT, dateOfBirth: '2001-02-04' };
/** For entries of what a test does itself. */
export const TESTER = { kind: 'system', id: 'test' } as const;

const REPOSITORY = join(__dirname, '../../..');

/** The room on a real database with real keys; a mailbox stands where mail would leave the house. */
export class Room {
  readonly mailbox: { readonly to: string; readonly subject: string; readonly text: string }[] = [];
  readonly kms = KMS;
  mailFails = false;
  /** How many slow hashes have been made and compared; what is no hash is compared in no time, and not counted. */
  hashes = 0;

  private constructor(
    readonly db: TestDatabase,
    readonly tenantId: TenantId,
    readonly clock: StandingClock,
    readonly keys: Keys,
    readonly recorder: Recorder,
    readonly table: RecordTable,
    readonly limits: IdentityLimits,
  ) {}

  /** @param changed - limits that differ from the file's. */
  static async open(changed: Partial<IdentityLimits> = {}): Promise<Room> {
    const db = await testDatabase();
    const clock = new StandingClock();
    const keys = new Keys(KMS, clock);
    const recorder = new Recorder(db.database, keys, clock);
    const table = new RecordTable(keys, recorder, clock);
    const limits = { ...identityLimits(join(REPOSITORY, 'policies/governance')), ...changed };
    return new Room(db, await db.tenant(), clock, keys, recorder, table, limits);
  }

  readonly verification = () =>
    new VerificationService(
      this.db.database,
      this.keys,
      this.recorder,
      this.table,
      {
        send: (mail) => {
          if (this.mailFails) return Promise.reject(new Error('the mail server is away'));
          this.mailbox.push(mail);
          return Promise.resolve();
        },
      },
      this.limits,
      this.clock,
      {
        hash: (code) => ((this.hashes += 1), hashPassword(code)),
        matches: (hashed, code) => (
          (this.hashes += hashed.startsWith('$argon2id$') ? 1 : 0),
          isPassword(hashed, code)
        ),
      },
    );

  act<T>(act: (tx: Tx) => Promise<T>, tenantId = this.tenantId): Promise<T> {
    return this.db.database.transaction(tenantId, act);
  }

  importRecords(csv = CSV, tenantId = this.tenantId) {
    return this.act((tx) => this.table.importRecords(tx, csv, DEFINITION, TESTER), tenantId);
  }

  /** A receipt for reading records, as a caller gets one: for these, or for all there are. */
  async receipt(tenantId = this.tenantId, ids?: readonly RecordId[]): Promise<ReadReceipt> {
    const named = (ids ?? (await this.recordIds())).map(recordNamed);
    return this.recorder.recordRead(tenantId, { act: 'record.read', actor: TESTER }, named);
  }

  async recordIds(): Promise<RecordId[]> {
    const rows = await this.db.owner<{ record_id: RecordId }>(
      'SELECT record_id FROM record ORDER BY record_id',
    );
    return rows.map(({ record_id }) => record_id);
  }

  /** A client in a conversation of their own. */
  async client(tenantId = this.tenantId): Promise<TestClient> {
    const [siteId, queueId, intakeId] = [newId<string>(), newId<string>(), newId<IntakeId>()];
    await this.db.owner(
      `WITH s AS (INSERT INTO site (tenant_id, site_id, slug, name, definition) VALUES ($1, $2, 'a-site', 'A site', '{}')),
            q AS (INSERT INTO queue (tenant_id, queue_id, name) VALUES ($1, $3, 'A queue')),
            i AS (INSERT INTO intake (tenant_id, intake_id, site_id, queue_id, topic, locale, state, out_of_hours, sealed_form,
                    notice_version, created_at, queued_at)
                  VALUES ($1, $4, $2, $3, 'other', 'en', 'claimed', false, '', 1, now(), now()))
       INSERT INTO intake_head (tenant_id, intake_id) VALUES ($1, $4)`,
      [tenantId, siteId, queueId, intakeId],
    );
    return new TestClient(this, tenantId, intakeId);
  }

  async acts(): Promise<string[]> {
    const rows = await this.db.owner<{ entry: Buffer }>(
      'SELECT entry FROM audit_pending ORDER BY arrived_at, entry_id',
    );
    return rows.map(({ entry }) => (JSON.parse(entry.toString('utf8')) as { act: string }).act);
  }

  /** Every row of every table, as text, with bytes also read as text. */
  async everythingStored(): Promise<string> {
    const tables = await this.db.owner<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    const all: string[] = [];
    for (const { name } of tables)
      for (const row of await this.db.owner<Record<string, unknown>>(`SELECT * FROM "${name}"`))
        for (const value of Object.values(row))
          all.push(Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value));
    return all.join('\n');
  }

  close(): Promise<void> {
    return this.db.close();
  }
}

export class TestClient {
  readonly sessionId = newId<string>();
  ip = '192.0.2.10';

  constructor(
    private readonly room: Room,
    private readonly tenantId: TenantId,
    readonly intakeId: string,
    private readonly service = room.verification(),
  ) {}

  async claim(claim = RIGHT): Promise<Claimed> {
    const { intakeId, sessionId, ip } = this;
    const claimed = await this.locked((tx) =>
      this.service.submitClaim(tx, { intakeId, sessionId, ip, claim }),
    );
    await claimed.deliver({ siteName: 'Example Clinic', locale: 'en' });
    return claimed;
  }

  code(code: string, sessionId = this.sessionId): Promise<Tried> {
    const { intakeId, ip } = this;
    return this.locked((tx) => this.service.submitCode(tx, { intakeId, sessionId, ip, code }));
  }

  /** Returns the code in the last mail that went out. */
  received(): string {
    return /\b\d{6}\b/.exec(this.room.mailbox.at(-1)?.text ?? '')?.[0] ?? 'no mail';
  }

  /** As the intake room does it: the conversation is locked first. */
  private locked<T>(act: (tx: Tx) => Promise<T>): Promise<T> {
    return this.room.act(async (tx) => {
      await tx.query('SELECT 1 FROM intake_head WHERE tenant_id = $1 AND intake_id = $2 FOR UPDATE', [
        tx.tenantId,
        this.intakeId,
      ]);
      return act(tx);
    }, this.tenantId);
  }
}

/** Returns a code that is not this one. */
export function not(code: string): string {
  return code === '000000' ? '000001' : '000000';
}

const KMS = memoryKms();
