import {
  type IntakeId,
  newId,
  type QueueId,
  type SiteId,
  type StaffId,
  systemClock,
  type TenantId,
} from '@app/kernel';
import { type Config, Keys, PlatformModule, Recorder } from '@app/platform';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import { Test, type TestingModule } from '@nestjs/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  type KnownHead,
  type Message,
  NoteService,
  ReceiptsService,
  TranscriptModule,
  TranscriptService,
} from '../src';

const READER = { kind: 'system', id: 'test' } as const;

/** The room on a real database, with the platform under it and a queue to have conversations in. */
export class Room {
  private constructor(
    readonly db: TestDatabase,
    readonly tenantId: TenantId,
    readonly module: TestingModule,
    private readonly home: string,
    readonly site: { readonly siteId: SiteId; readonly queueId: QueueId },
  ) {}

  static async open(): Promise<Room> {
    const db = await testDatabase();
    const home = await mkdtemp(join(tmpdir(), 'transcript-'));
    const config = {
      publicUrl: '',
      home,
      keyFile: join(home, 'root.key'),
      kms: { kind: 'file' },
      keys: { epochDays: 7, backupDays: 30 },
      passphrase: undefined,
      mailFrom: 'a@b',
    };
    const policies = resolve(__dirname, '../../../policies/access');
    const module = await Test.createTestingModule({
      imports: [
        PlatformModule.forRoot({
          config: config as unknown as Config,
          urls: db.urls,
          policies,
          smtpUrl: 'smtp://127.0.0.1:1',
        }),
        TranscriptModule,
      ],
    }).compile();
    const tenantId = await db.tenant();
    const site = { siteId: newId<SiteId>(), queueId: newId<QueueId>() };
    await db.owner(`INSERT INTO queue (tenant_id, queue_id, name) VALUES ($1, $2, 'Desk')`, [
      tenantId,
      site.queueId,
    ]);
    await db.owner(
      `INSERT INTO site (tenant_id, site_id, slug, name, definition) VALUES ($1, $2, 'a-clinic', 'A clinic', '{}')`,
      [tenantId, site.siteId],
    );
    return new Room(db, tenantId, module, home, site);
  }

  get transcript(): TranscriptService {
    return this.module.get(TranscriptService);
  }

  get notes(): NoteService {
    return this.module.get(NoteService);
  }

  get receipts(): ReceiptsService {
    return this.module.get(ReceiptsService);
  }

  /** Adds a conversation in which nothing was said. */
  async intake(queueId = this.site.queueId, createdAt = systemClock.now()): Promise<KnownHead> {
    const { tenantId } = this;
    const intakeId = newId<IntakeId>();
    await this.db.owner(
      `INSERT INTO intake (tenant_id, intake_id, site_id, queue_id, topic, locale, state, out_of_hours, sealed_form,
         notice_version, created_at, queued_at)
       VALUES ($1, $2, $3, $4, 'other', 'en', 'claimed', false, '', 1, $5, $5)`,
      [tenantId, intakeId, this.site.siteId, queueId, createdAt],
    );
    for (const table of ['intake_head', 'receipts'])
      await this.db.owner(`INSERT INTO ${table} (tenant_id, intake_id) VALUES ($1, $2)`, [
        tenantId,
        intakeId,
      ]);
    return { tenantId, intakeId, version: 1, lastSeq: 0, chain: { n: 0, prev: undefined } };
  }

  /** Adds a staff member: notes name one. */
  async staff(name: string): Promise<{ readonly id: StaffId; readonly name: string }> {
    const id = newId<StaffId>();
    await this.db.owner(
      `INSERT INTO staff_member (tenant_id, staff_id, email, name, roles, password_hash, created_at)
       VALUES ($1, $2, $3, $4, '{receptionist}', 'none', now())`,
      [this.tenantId, id, `${id}@test.example`, name],
    );
    return { id, name };
  }

  /** Returns the messages after one, opened with a receipt for `owner`. */
  async read(
    intakeId: IntakeId,
    after = 0,
    owner = intakeId,
    reader: { readonly kind: 'client' | 'staff'; readonly id: string } = { kind: 'client', id: intakeId },
  ): Promise<Message[]> {
    const receipt = await this.receipt(owner);
    return this.db.database.transaction(this.tenantId, (tx) =>
      this.transcript.read(tx, receipt, intakeId, after, reader),
    );
  }

  /** Records a reading, and returns what opens. */
  receipt(owner: string) {
    return this.module
      .get(Recorder)
      .recordRead(this.tenantId, { act: 'transcript.read', actor: READER }, [owner]);
  }

  /** Sees that the key of a conversation is made, so that many at once do not wait for it. */
  async remember(intakeId: IntakeId): Promise<void> {
    const place = { item: 'none', content: 'none' };
    await this.db.database.transaction(this.tenantId, (tx) =>
      this.module.get(Keys).seal(tx, intakeId, place, ''),
    );
  }

  /** Adds a value of a record by its token. */
  async recordValue(token: Buffer): Promise<void> {
    const recordId = newId<string>();
    await this.db.owner(
      `INSERT INTO record (tenant_id, record_id, identifier_token, match_token, sealed_values, imported_at) VALUES ($1, $2, $3, $3, '', $4)`,
      [this.tenantId, recordId, Buffer.alloc(32, 9), systemClock.now()],
    );
    await this.db.owner(
      `INSERT INTO record_value (tenant_id, record_id, field, token) VALUES ($1, $2, 'identifier', $3)`,
      [this.tenantId, recordId, token],
    );
  }

  /** Returns all that a message changes: the head, and how many messages and entries there are. */
  async stored(intakeId: IntakeId): Promise<unknown> {
    const rows = await this.db.owner(
      `SELECT h.*, (SELECT count(*) FROM message) AS messages, (SELECT count(*) FROM audit_pending) AS entries
       FROM intake_head h WHERE intake_id = $1`,
      [intakeId],
    );
    return rows[0];
  }

  async close(): Promise<void> {
    await this.module.close();
    await this.db.close();
    await rm(this.home, { recursive: true });
  }
}
