import type { Clock, QueueId, TenantId } from '@app/kernel';
import { newId, SECOND } from '@app/kernel';
import {
  type Config,
  type Revocation,
  Revocations,
  type Role,
  Database,
  LogClock,
  PlatformModule,
  type StaffPrincipal,
} from '@app/platform';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { generate } from 'otplib';
import { PasswordStep } from '../src/sign-in/password.service';
import { Roster } from '../src/roster/roster.service';
import { Sessions } from '../src/sessions/sessions.service';
import { SecondFactor } from '../src/sign-in/second-factor.service';
import { StaffModule } from '../src/staff.module';

/** Stands still until it is told to step. */
export class StandingClock implements Clock {
  private at = Date.UTC(2026, 5, 1, 9, 0, 0);

  now(): Date {
    return new Date(this.at);
  }

  step(ms: number): void {
    this.at += ms;
  }
}

/** Somebody with their way in. */
export interface Person {
  readonly tenantId: TenantId;
  readonly organisation: string;
  readonly staffId: StaffPrincipal['staffId'];
  readonly email: string;
  readonly password: string;
  readonly totpSecret: string;
}

/** What an entry says, as far as the tests look. */
export interface SeenEntry {
  readonly act: string;
  readonly outcome: string;
  readonly tenant: string;
  readonly actor: { readonly kind: string; readonly id: string; readonly session?: string };
  readonly refs?: Readonly<Record<string, string>>;
  readonly detail?: Readonly<Record<string, string | number>>;
  readonly sealed?: Readonly<Record<string, string>>;
}

/** The room with the real platform under it, on a database of its own. */
export class House {
  readonly told: Revocation[] = [];
  private people = 0;

  private constructor(
    readonly db: TestDatabase,
    readonly clock: StandingClock,
    readonly app: INestApplication,
    private readonly home: string,
  ) {
    app.get(Revocations).listen((revocation) => this.told.push(revocation));
  }

  static async open(publicUrl = 'https://intake.example.org'): Promise<House> {
    const db = await testDatabase();
    const clock = new StandingClock();
    const home = await mkdtemp(join(tmpdir(), 'vestibule-staff-'));
    const config = {
      publicUrl,
      home,
      keyFile: join(home, 'root.key'),
      kms: { kind: 'file' },
      keys: { epochDays: 7, backupDays: 30 },
      passphrase: undefined,
      mailFrom: 'a@b',
    };
    const module = await Test.createTestingModule({
      imports: [
        PlatformModule.forRoot({
          config: config as unknown as Config,
          urls: db.urls,
          policies: resolve(__dirname, '../../../policies/access'),
          smtpUrl: 'smtp://127.0.0.1:1',
          clock,
        }),
        StaffModule,
      ],
    }).compile();
    return new House(db, clock, module.createNestApplication({ logger: false }), home);
  }

  get database(): Database {
    return this.app.get(Database);
  }
  get sessions(): Sessions {
    return this.app.get(Sessions);
  }
  get roster(): Roster {
    return this.app.get(Roster);
  }

  async tenant(slug: string): Promise<TenantId> {
    const tenantId = await this.db.tenant(slug);
    await this.db.owner("INSERT INTO address (kind, slug, belongs_to) VALUES ('organisation', $1, $2)", [
      slug,
      tenantId,
    ]);
    return tenantId;
  }

  async queue(tenantId: TenantId, name: string): Promise<QueueId> {
    const queueId = newId<QueueId>();
    await this.db.owner('INSERT INTO queue (tenant_id, queue_id, name) VALUES ($1, $2, $3)', [
      tenantId,
      queueId,
      name,
    ]);
    return queueId;
  }

  async person(
    tenantId: TenantId,
    roles: Role[] = ['receptionist'],
    queues: QueueId[] = [],
  ): Promise<Person> {
    this.people += 1;
    const email = `person-${this.people}@example.org`;
    const password = `correct horse ${this.people}`;
    const added = await this.database.transaction(tenantId, (tx) =>
      this.roster.addStaff(tx, { email, name: `Person ${this.people}`, roles, password, queues }),
    );
    const [address] = await this.db.owner<{ slug: string }>(
      'SELECT slug FROM address WHERE belongs_to = $1',
      [tenantId],
    );
    return { tenantId, organisation: address?.slug ?? '', email, password, ...added };
  }

  signIn(person: Person, other: Partial<Person> & { readonly ip?: string } = {}): Promise<string> {
    const { organisation, email, password, ip } = { ip: '192.0.2.1', ...person, ...other };
    return this.app.get(PasswordStep).signIn({ organisation, email, password, ip });
  }

  totp(challenge: string, code: string, ip = '192.0.2.1') {
    return this.app.get(SecondFactor).totp({ challenge, code, ip });
  }

  /** The code that the person's app shows now. */
  code(person: Person): Promise<string> {
    const epoch = Math.floor(this.clock.now().getTime() / 1_000);
    return generate({ secret: person.totpSecret, epoch });
  }

  /** Signs in with both factors, a fresh code each time. */
  async enter(person: Person, ip = '192.0.2.1'): Promise<{ cookie: string; principal: StaffPrincipal }> {
    this.clock.step(31 * SECOND);
    const challenge = await this.signIn(person, { ip });
    const { cookie } = await this.totp(challenge, await this.code(person), ip);
    const principal = await this.sessions.read(cookie);
    if (principal === undefined) throw new Error('signed in, and yet there is no session');
    return { cookie, principal };
  }

  /** Starts what sequences and signs the log, without the rest of the program. Ends with the house. */
  keepLog(): void {
    this.app.get(LogClock).start();
  }

  /** What is on record of a tenant, without what the log says of itself, in the order in which it was written. */
  async entries(tenantId: TenantId, act?: string): Promise<SeenEntry[]> {
    const rows = await this.db.owner<{ entry: Buffer }>(
      `SELECT entry FROM (SELECT entry, entry_id, tenant_id FROM audit_pending UNION ALL
        SELECT entry, entry_id, tenant_id FROM audit_entry) e WHERE tenant_id = $1 ORDER BY entry_id`,
      [tenantId],
    );
    return rows
      .map(({ entry }) => JSON.parse(entry.toString('utf8')) as SeenEntry)
      .filter((entry) => (act === undefined ? entry.act !== 'clock.skew' : entry.act === act));
  }

  async count(table: string, where = 'true'): Promise<number> {
    const [row] = await this.db.owner<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${table} WHERE ${where}`,
    );
    return row?.n ?? 0;
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

  async close(): Promise<void> {
    await this.app.close();
    await this.db.close();
    await rm(this.home, { recursive: true, force: true });
  }
}
