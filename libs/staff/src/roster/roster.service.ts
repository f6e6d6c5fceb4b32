import { hashPassword } from '@app/crypto';
import { AppError, type Clock, newId, type QueueId, type StaffId } from '@app/kernel';
import {
  type Act,
  actorOf,
  CheckpointSigner,
  CLOCK,
  Database,
  Gate,
  Keys,
  Recorder,
  type Role,
  type StaffPrincipal,
  type Tx,
} from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { Sessions } from '../sessions/sessions.service';
import { totpSecretName } from '../sign-in/second-factor.service';
import { newTotpSecret, otpauthUri } from '../sign-in/totp';

/** NIST SP 800-63B-4, section 3.1.1.2: 8 characters where a second factor is asked too. */
const MIN_PASSWORD_LENGTH = 8;

export interface NewStaff {
  readonly email: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly password: string;
  /** Base32. Made here unless given. */
  readonly totpSecret?: string;
  readonly queues: readonly QueueId[];
}

export interface AddedStaff {
  readonly staffId: StaffId;
  readonly totpSecret: string;
  /** For the QR code that an authenticator app reads. */
  readonly otpauthUri: string;
}

/** One line of the list of staff. */
export interface RosterRow {
  readonly staffId: StaffId;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly Role[];
  readonly active: boolean;
  readonly lastSeenAt?: string;
}

/** Who works here. */
@Injectable()
export class Roster {
  constructor(
    private readonly database: Database,
    private readonly keys: Keys,
    private readonly gate: Gate,
    private readonly recorder: Recorder,
    private readonly sessions: Sessions,
    private readonly signer: CheckpointSigner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Adds a staff member of the transaction's tenant: for setting a tenant up, which no door leads to. What it returns
   * is shown once; nothing of it can be read again.
   *
   * @throws AppError `INPUT_MALFORMED` if the password is shorter than 8 characters or there is no role.
   */
  async addStaff(tx: Tx, staff: NewStaff): Promise<AddedStaff> {
    if (Array.from(staff.password).length < MIN_PASSWORD_LENGTH)
      throw new AppError('INPUT_MALFORMED', `A password has ${MIN_PASSWORD_LENGTH} characters or more.`);
    if (staff.roles.length === 0) throw new AppError('INPUT_MALFORMED', 'A staff member has a role.');
    const staffId = newId<StaffId>();
    const email = staff.email.toLowerCase();
    const totpSecret = staff.totpSecret ?? newTotpSecret();
    await tx.query(
      `INSERT INTO staff_member (tenant_id, staff_id, email, name, roles, password_hash, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        tx.tenantId,
        staffId,
        email,
        staff.name,
        staff.roles,
        await hashPassword(staff.password),
        this.clock.now(),
      ],
    );
    for (const queueId of staff.queues)
      await tx.query('INSERT INTO queue_member (tenant_id, queue_id, staff_id) VALUES ($1, $2, $3)', [
        tx.tenantId,
        queueId,
        staffId,
      ]);
    await this.keys.keepSecret(tx, totpSecretName(staffId), Buffer.from(totpSecret, 'utf8'));
    await this.recorder.record(tx, {
      act: 'staff.added',
      actor: { kind: 'system', id: 'setup' },
      refs: { staff: staffId },
      detail: { roles: staff.roles.join('+'), queues: staff.queues.length },
      personal: { email, name: staff.name },
    });
    const [tenant] = await tx.query<{ name: string }>('SELECT name FROM tenant WHERE tenant_id = $1', [
      tx.tenantId,
    ]);
    return { staffId, totpSecret, otpauthUri: otpauthUri(tenant?.name ?? 'Vestibule', email, totpSecret) };
  }

  /** Returns everybody of the administrator's tenant, by name. The look is recorded. @throws AppError `ACCESS_DENIED`. */
  async list(principal: StaffPrincipal): Promise<RosterRow[]> {
    return this.database.transaction(principal.tenantId, async (tx) => {
      const decision = this.gate.pass(tx, {
        principal,
        action: 'staff.list',
        resource: { kind: 'tenant', id: principal.tenantId },
      });
      await this.recorder.record(tx, { act: 'staff.list', actor: actorOf(principal), decision });
      const rows = await tx.query<Omit<RosterRow, 'lastSeenAt'> & { lastSeenAt: Date | null }>(
        `SELECT staff_id AS "staffId", name, email, roles, active, last_seen_at AS "lastSeenAt"
         FROM staff_member WHERE tenant_id = $1 ORDER BY name, staff_id`,
        [tx.tenantId],
      );
      return rows.map(({ lastSeenAt, ...row }) =>
        lastSeenAt === null ? row : { ...row, lastSeenAt: lastSeenAt.toISOString() },
      );
    });
  }

  /**
   * Disables or enables a staff member. Disabling ends all their sessions with it, and says so to their sockets. It returns
   * when a signed checkpoint covers the entry.
   *
   * @throws AppError `AUDIT_BACKLOG` with `entry` if it was done, and the signature does not come. `ACCESS_DENIED`; `NOT_FOUND` if they do not work in the administrator's tenant; `STEP_NOT_ALLOWED`
   * for oneself, so that a tenant keeps an administrator. Each is recorded as refused.
   */
  async changeActive(principal: StaffPrincipal, staffId: StaffId, active: boolean): Promise<void> {
    const entryId = await this.database.transaction(principal.tenantId, async (tx) => {
      const decision = this.gate.pass(tx, {
        principal,
        action: 'staff.manage',
        resource: { kind: 'tenant', id: principal.tenantId },
      });
      const act: Act = {
        act: active ? 'staff.enable' : 'staff.disable',
        actor: actorOf(principal),
        decision,
        refs: { staff: staffId },
      };
      const refused = (error: AppError) => {
        tx.afterRollback(() => this.recorder.recordRefusal(tx.tenantId, act));
        return error;
      };
      // Both rows, in one order: of two administrators who disable each other at once, one stays.
      const rows = await tx.query<{ staff_id: StaffId; active: boolean }>(
        `SELECT staff_id, active FROM staff_member WHERE tenant_id = $1 AND staff_id = ANY($2)
         ORDER BY staff_id FOR NO KEY UPDATE`,
        [tx.tenantId, [principal.staffId, staffId]],
      );
      if (!rows.some((row) => row.staff_id === principal.staffId && row.active))
        throw refused(new AppError('SIGNED_OUT', 'Your session has ended.'));
      if (staffId === principal.staffId)
        throw refused(new AppError('STEP_NOT_ALLOWED', 'Ask another administrator to do this for you.'));
      if (!rows.some((row) => row.staff_id === staffId))
        throw refused(new AppError('NOT_FOUND', 'There is no such staff member.'));
      await tx.query('UPDATE staff_member SET active = $3 WHERE tenant_id = $1 AND staff_id = $2', [
        tx.tenantId,
        staffId,
        active,
      ]);
      const ended = active ? 0 : await this.sessions.endAll(tx, staffId);
      return this.recorder.record(tx, { ...act, ...(!active && { detail: { sessions: ended } }) });
    });
    await this.signer.covers(principal.tenantId, entryId);
  }
}
