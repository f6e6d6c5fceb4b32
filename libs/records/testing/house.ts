import { type Entry, encodeEntry, leafHash } from '@app/audit';
import { newId, type StaffId, systemClock, type TenantId } from '@app/kernel';
import {
  CheckpointSigner,
  type Config,
  PlatformModule,
  Recorder,
  type Role,
  SessionReaders,
  type StaffPrincipal,
} from '@app/platform';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExportRunner } from '../src/making/export-runner.service';
import { type Export, Exports, OfficerLog, RecordsModule } from '../src/index';

const ROOT = resolve(__dirname, '../../..');
export const VERIFIER_PATH = join(ROOT, 'audit', 'cli', 'verify.mjs');

/** An entry as a test writes it: what is not said does not matter. */
export interface Written {
  readonly at: string;
  readonly act?: string;
  readonly intake?: string;
}

/** The room with the real platform under it: database, sequencer, signer. */
export class House {
  private readonly chains = new Map<string, { n: number; prev: Buffer }>();
  private readonly principals = new Map<string, StaffPrincipal>();
  private writerN = 0;

  private constructor(
    readonly db: TestDatabase,
    readonly app: INestApplication,
    /** `VESTIBULE_HOME`: what is kept outside PostgreSQL. */
    readonly home: string,
  ) {
    app.get(SessionReaders).set('staff', (secret) => Promise.resolve(this.principals.get(secret)));
  }

  /** Starts everything, as the program does. */
  static async open(verifierPath = VERIFIER_PATH, changed: Partial<Config> = {}): Promise<House> {
    const db = await testDatabase();
    const home = await mkdtemp(join(tmpdir(), 'vestibule-records-'));
    const config = {
      publicUrl: '',
      home,
      keyFile: join(home, 'root.key'),
      kms: { kind: 'file' },
      keys: { epochDays: 7, backupDays: 30 },
      passphrase: undefined,
      mailFrom: 'a@b',
      ...changed,
    };
    const module = await Test.createTestingModule({
      imports: [
        PlatformModule.forRoot({
          config: config as unknown as Config,
          urls: db.urls,
          policies: join(ROOT, 'policies', 'access'),
          smtpUrl: 'smtp://127.0.0.1:1',
          clock: systemClock,
        }),
        RecordsModule.forRoot(verifierPath),
      ],
    })
      .compile()
      .catch(async (error: unknown) => {
        await db.close();
        throw error;
      });
    const app = module.createNestApplication({ logger: false });
    const house = new House(db, app, home);
    await app.init();
    return house;
  }

  get exports(): Exports {
    return this.app.get(Exports);
  }
  get runner(): ExportRunner {
    return this.app.get(ExportRunner);
  }
  /** The public key of a tenant's log. */
  vkey(tenantId: TenantId): Promise<string> {
    return this.app.get(CheckpointSigner).vkey(tenantId);
  }

  get log(): OfficerLog {
    return this.app.get(OfficerLog);
  }

  async tenant(slug: string): Promise<TenantId> {
    const tenantId = await this.db.tenant(slug);
    await this.db.owner("INSERT INTO address (kind, slug, belongs_to) VALUES ('organisation', $1, $2)", [
      slug,
      tenantId,
    ]);
    return tenantId;
  }

  /** Adds somebody who is signed in. The session id is also what their cookie holds. */
  async staff(
    tenantId: TenantId,
    role: Role = 'compliance-officer',
    name = 'An Officer',
  ): Promise<StaffPrincipal> {
    const staffId = newId<StaffId>();
    await this.db.owner(
      `INSERT INTO staff_member (tenant_id, staff_id, email, name, roles, password_hash, created_at)
       VALUES ($1, $2, $3, $4, $5, '', now())`,
      [tenantId, staffId, `${staffId}@example.org`, name, [role]],
    );
    const sessionId = newId<string>();
    const principal = {
      kind: 'staff',
      tenantId,
      staffId,
      sessionId,
      name,
      roles: [role],
      queues: [],
    } as const;
    this.principals.set(sessionId, principal);
    return principal;
  }

  /** Writes entries of given times past the recorder, and waits until they are sequenced in this order. */
  async write(tenantId: TenantId, entries: readonly Written[]): Promise<string[]> {
    const made = entries.map(({ at, act = 'test.done', intake }) => {
      const id = newId<string>();
      this.writerN += 1;
      const before = intake === undefined ? undefined : this.chains.get(intake);
      const bytes = encodeEntry({
        ...{ v: 1, id, tenant: tenantId, at, act, outcome: 'ok' },
        actor: { kind: 'system', id: 'a-test' },
        writer: { id: 'a-test', n: this.writerN },
        ...(intake !== undefined && {
          intake: {
            id: intake,
            n: (before?.n ?? 0) + 1,
            ...(before && { prev: before.prev.toString('base64') }),
          },
        }),
      } as Entry);
      if (intake !== undefined) this.chains.set(intake, { n: (before?.n ?? 0) + 1, prev: leafHash(bytes) });
      return { id, bytes };
    });
    await this.db.owner(
      `INSERT INTO audit_pending (tenant_id, entry_id, entry, arrived_at)
       SELECT $1, id, entry, clock_timestamp() + n * interval '1 microsecond'
       FROM unnest($2::uuid[], $3::bytea[]) WITH ORDINALITY AS e (id, entry, n)`,
      [tenantId, made.map(({ id }) => id), made.map(({ bytes }) => bytes)],
    );
    await this.until(async () => (await this.count('audit_pending')) === 0);
    return made.map(({ id }) => id);
  }

  /** Records through the recorder, with a value that is somebody's personal data. */
  async recordPersonal(tenantId: TenantId, value: string): Promise<void> {
    const recorder = this.app.get(Recorder);
    await recorder.recordRead(
      tenantId,
      { act: 'test.personal', actor: { kind: 'system', id: 'a-test' }, personal: { name: value } },
      [],
    );
  }

  /** Waits for an export to end, well or badly. */
  async ended(officer: StaffPrincipal, exportId: Export['exportId']): Promise<Export> {
    await this.until(async () => {
      const { state } = await this.exports.get(officer, exportId);
      return state === 'ready' || state === 'failed';
    });
    return this.exports.get(officer, exportId);
  }

  async bundle(officer: StaffPrincipal, exportId: Export['exportId']): Promise<Buffer> {
    const { parts } = await this.exports.download(officer, exportId);
    const chunks: Uint8Array[] = [];
    for await (const part of parts) chunks.push(part);
    return Buffer.concat(chunks);
  }

  /** Everything that is on record of a tenant, in the order in which it was written. */
  async entries(tenantId: TenantId, act?: string): Promise<Entry[]> {
    const rows = await this.db.owner<{ entry: Buffer }>(
      `SELECT entry FROM (SELECT entry, entry_id, tenant_id FROM audit_pending UNION ALL
        SELECT entry, entry_id, tenant_id FROM audit_entry) e WHERE tenant_id = $1 ORDER BY entry_id`,
      [tenantId],
    );
    return rows
      .map(({ entry }) => JSON.parse(entry.toString('utf8')) as Entry)
      .filter((entry) => act === undefined || entry.act === act);
  }

  async count(table: string, where = 'true'): Promise<number> {
    const [row] = await this.db.owner<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${table} WHERE ${where}`,
    );
    return row?.n ?? 0;
  }

  /** Changes what stands in the log, as only an owner of the database can. */
  async tamper(sql: string, values: readonly unknown[]): Promise<void> {
    await this.db.owner('ALTER TABLE audit_entry DISABLE TRIGGER append_only');
    await this.db.owner(sql, values);
    await this.db.owner('ALTER TABLE audit_entry ENABLE TRIGGER append_only');
  }

  /** Takes the application's right to write the log away while something runs. */
  async withoutLog(act: () => Promise<void>): Promise<void> {
    await this.db.owner('REVOKE INSERT ON audit_pending FROM vestibule_app');
    try {
      await act();
    } finally {
      await this.db.owner('GRANT INSERT ON audit_pending TO vestibule_app');
    }
  }

  async until(holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + 25_000;
    while (!(await holds())) {
      if (Date.now() > end) throw new Error('what was waited for did not come');
      await sleep(20);
    }
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.db.close();
    await rm(this.home, { recursive: true, force: true });
  }
}
