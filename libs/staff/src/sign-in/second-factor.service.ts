import { type Clock, type StaffId } from '@app/kernel';
import { actorOf, CLOCK, Database, Keys, Recorder, type Tx } from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { type Me, meOf } from '../sessions/me.store';
import { type NewSession, Sessions } from '../sessions/sessions.service';
import { readToken, type Token } from '../token';
import { type Attempt, Attempts, signInFailed, tooMany } from '../attempts/attempts.service';
import { stepOf } from './totp';

/** Of one challenge; after them even the right code is refused. */
const MAX_TRIES = 5;

interface Challenged {
  readonly staff_id: StaffId;
  readonly email: string;
  readonly active: boolean;
  readonly last_totp_step: string;
  readonly expires_at: Date;
}

type Outcome =
  | { readonly is: 'unknown' | 'wrong' }
  | { readonly is: 'too-early'; readonly waitMs: number }
  | { readonly is: 'in'; readonly cookie: string; readonly me: Me };

/** Name under which a staff member's shared secret is kept. */
export const totpSecretName = (staffId: StaffId) => `totp:${staffId}`;

/** The second half of signing in: a code of the authenticator app. */
@Injectable()
export class SecondFactor {
  constructor(
    private readonly database: Database,
    private readonly keys: Keys,
    private readonly attempts: Attempts,
    private readonly sessions: Sessions,
    private readonly recorder: Recorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Returns the secret of a new session, for the cookie, and who it is for.
   *
   * @throws AppError `SIGN_IN_FAILED` if anything is wrong, used or too old; `TOO_MANY` with `retryAfterS`.
   */
  async totp(body: { readonly challenge: string; readonly code: string; readonly ip: string }) {
    const token = readToken(body.challenge);
    const outcome: Outcome =
      token === undefined
        ? { is: 'unknown' }
        : await this.database.transaction(token.tenantId, (tx) => this.try(tx, token, body.code, body.ip));
    if (outcome.is === 'in') return { cookie: outcome.cookie, me: outcome.me };
    if (outcome.is === 'too-early') throw tooMany(outcome.waitMs);
    if (outcome.is === 'unknown') await this.attempts.beginNowhere(body.ip);
    throw signInFailed();
  }

  /** Answers instead of throwing, so that the count of a wrong try and its entry are committed. */
  private async try(tx: Tx, token: Token, code: string, ip: string): Promise<Outcome> {
    // The member's row is locked: codes of one person are looked at one after the other, and none while they are disabled.
    // NO KEY, so that a challenge that is made meanwhile, and refers to the row, does not wait for it holding counts.
    const [member] = await tx.query<Challenged>(
      `SELECT m.staff_id, m.email, m.active, m.last_totp_step, c.expires_at
       FROM sign_in_challenge c JOIN staff_member m USING (tenant_id, staff_id)
       WHERE c.tenant_id = $1 AND c.challenge_hash = $2 FOR NO KEY UPDATE OF m`,
      [tx.tenantId, token.hash],
    );
    if (member === undefined) return { is: 'unknown' };
    const attempt = await this.attempts.begin(tx, 'code', member.email, ip);
    const step = attempt.waitMs === undefined && (await this.acceptedStep(tx, token, member, code));
    if (typeof step === 'number') return this.letIn(tx, token, member, attempt, step);
    await this.attempts.refuse(tx, attempt, member.staff_id);
    return attempt.waitMs === undefined ? { is: 'wrong' } : { is: 'too-early', waitMs: attempt.waitMs };
  }

  private async acceptedStep(tx: Tx, { hash }: Token, member: Challenged, code: string) {
    const now = this.clock.now();
    const [challenge] = await tx.query<{ tries: number }>(
      'UPDATE sign_in_challenge SET tries = tries + 1 WHERE tenant_id = $1 AND challenge_hash = $2 RETURNING tries',
      [tx.tenantId, hash],
    );
    const spent = (challenge?.tries ?? Infinity) > MAX_TRIES || member.expires_at <= now;
    const secret = await this.keys.readSecret(tx, totpSecretName(member.staff_id));
    if (spent || !member.active || secret === undefined) return undefined;
    const step = await stepOf(secret.toString('utf8'), code, now);
    // RFC 6238, section 5.2: a code is accepted once.
    return step !== undefined && step > Number(member.last_totp_step) ? step : undefined;
  }

  private async letIn(
    tx: Tx,
    { hash }: Token,
    { staff_id: staffId }: Challenged,
    attempt: Attempt,
    step: number,
  ): Promise<Outcome> {
    await this.attempts.succeed(tx, attempt);
    await this.attempts.trust(tx, attempt);
    await tx.query(
      'UPDATE staff_member SET last_totp_step = $3, last_seen_at = $4 WHERE tenant_id = $1 AND staff_id = $2',
      [tx.tenantId, staffId, step, this.clock.now()],
    );
    // Spent, not deleted: whoever sends it again is seen and recorded.
    await tx.query('UPDATE sign_in_challenge SET tries = $3 WHERE tenant_id = $1 AND challenge_hash = $2', [
      tx.tenantId,
      hash,
      MAX_TRIES,
    ]);
    const opened: NewSession = await this.sessions.open(tx, staffId);
    await this.recorder.record(tx, {
      act: 'staff.sign-in',
      actor: actorOf(opened.principal),
      personal: { ip: attempt.ip },
      ...(opened.replaced !== undefined && { refs: { replaced: opened.replaced } }),
    });
    return { is: 'in', cookie: opened.cookie, me: await meOf(tx, opened.principal, opened.endsAt) };
  }
}
