import { hashPassword, isPassword, newSecret } from '@app/crypto';
import { type Clock, later, MINUTE, type StaffId, type TenantId } from '@app/kernel';
import { CLOCK, Database, Recorder, type Tx } from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { newToken } from '../token';
import { type Attempt, Attempts, signInFailed, tooMany } from '../attempts/attempts.service';

export interface Credentials {
  readonly organisation: string;
  readonly email: string;
  readonly password: string;
  readonly ip: string;
}

const CHALLENGE_LIFE_MS = 5 * MINUTE;

interface Member {
  readonly staff_id: StaffId;
  readonly password_hash: string;
  readonly active: boolean;
}

/** The first half of signing in: organisation, e-mail and password. */
@Injectable()
export class PasswordStep {
  /** Verified where there is nobody, so that nobody costs as much as somebody. */
  private readonly nobody = hashPassword(newSecret());

  constructor(
    private readonly database: Database,
    private readonly attempts: Attempts,
    private readonly recorder: Recorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Returns a challenge for the second factor: `<tenant id>.<secret>`, good for 5 minutes and 5 tries.
   *
   * @throws AppError `SIGN_IN_FAILED` for whatever is wrong, after the same work; `TOO_MANY` with `retryAfterS`.
   */
  async signIn(credentials: Credentials): Promise<string> {
    const tenantId = await this.tenantOf(credentials.organisation);
    if (tenantId === undefined) {
      await this.attempts.beginNowhere(credentials.ip);
      await isPassword(await this.nobody, credentials.password);
      throw signInFailed();
    }
    const { attempt, member } = await this.database.transaction(tenantId, (tx) =>
      this.begin(tx, credentials),
    );
    if (attempt.waitMs !== undefined) throw tooMany(attempt.waitMs);
    // Not within a transaction: a hash is slow on purpose, and would hold a connection meanwhile.
    const right = await isPassword(member?.password_hash ?? (await this.nobody), credentials.password);
    if (member?.active === true && right)
      return this.database.transaction(tenantId, (tx) => this.challenge(tx, attempt, member.staff_id));
    await this.database.transaction(tenantId, (tx) => this.attempts.refuse(tx, attempt, member?.staff_id));
    throw signInFailed();
  }

  private async tenantOf(organisation: string): Promise<TenantId | undefined> {
    const [row] = await this.database.directory<{ belongs_to: TenantId }>(
      "SELECT belongs_to FROM address WHERE kind = 'organisation' AND slug = $1",
      [organisation],
    );
    return row?.belongs_to;
  }

  private async begin(tx: Tx, { email: typed, ip }: Credentials) {
    const email = typed.toLowerCase();
    const attempt = await this.attempts.begin(tx, 'password', email, ip);
    const [member] = await tx.query<Member>(
      'SELECT staff_id, password_hash, active FROM staff_member WHERE tenant_id = $1 AND email = $2',
      [tx.tenantId, email],
    );
    if (attempt.waitMs !== undefined) await this.attempts.refuse(tx, attempt, member?.staff_id);
    return { attempt, member };
  }

  private async challenge(tx: Tx, attempt: Attempt, staffId: StaffId): Promise<string> {
    const now = this.clock.now();
    await this.attempts.succeed(tx, attempt);
    const { text, hash } = newToken(tx.tenantId);
    await tx.query('DELETE FROM sign_in_challenge WHERE tenant_id = $1 AND expires_at < $2', [
      tx.tenantId,
      now,
    ]);
    await tx.query(
      'INSERT INTO sign_in_challenge (tenant_id, challenge_hash, staff_id, expires_at) VALUES ($1, $2, $3, $4)',
      [tx.tenantId, hash, staffId, later(now, CHALLENGE_LIFE_MS)],
    );
    // A right password without a code after it is what a stolen password looks like.
    await this.recorder.record(tx, {
      act: 'staff.challenge',
      actor: { kind: 'anonymous', id: 'sign-in' },
      refs: { staff: staffId },
      personal: { ip: attempt.ip },
    });
    return text;
  }
}
