import { blindToken } from '@app/crypto';
import { AppError, type Clock, type StaffId } from '@app/kernel';
import { CLOCK, Database, Keys, Recorder, type Tx } from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import {
  countAtPlace,
  countTry,
  forgetTries,
  forgiveAtPlace,
  isKnownPlace,
  rememberPlace,
} from './limits.store';
import { placeOf } from './place';
import { countRefusal, findUntold, takeUntold } from './refusals.store';

export type Factor = 'password' | 'code';

/** One try at one factor of one account, counted. */
export interface Attempt {
  readonly factor: Factor;
  readonly email: string;
  readonly ip: string;
  /** Milliseconds to wait: set, the try is not looked at. */
  readonly waitMs: number | undefined;
  /** What a refusal counts under: the account, or the place if that is what has tried too often. */
  readonly subject: string;
  readonly keys: { readonly place: string; readonly tries: string; readonly known: string };
}

const PREFIX = 'sign-in-limit:';
const ACTOR = { kind: 'anonymous', id: 'sign-in' } as const;

/**
 * Lets tries at signing in through or says how long to wait, and records the ones that were refused.
 *
 * Nobody can lock another person out: tries from a place where the account has signed in before are counted by
 * themselves, apart from those of strangers; and the wait ends by itself.
 */
@Injectable()
export class Attempts {
  /** Counts where no tenant is known. Forgotten with the process: nothing that it would protect outlives it. */
  private readonly ownKey = randomBytes(32);

  constructor(
    private readonly database: Database,
    private readonly keys: Keys,
    private readonly recorder: Recorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Counts a try. The caller's transaction must commit, whatever comes of it. */
  async begin(tx: Tx, factor: Factor, email: string, ip: string): Promise<Attempt> {
    const now = this.clock.now();
    const key = await this.keys.tokenKey(tx, 'sign-in-attempts');
    const place = placeOf(ip);
    const token = (...parts: string[]) => blindToken(key, JSON.stringify(parts)).toString('hex');
    const placeKey = PREFIX + token('place', place);
    const known = PREFIX + token('known', email, place);
    const placeWaitMs = await countAtPlace(tx, placeKey, now);
    const from = (await isKnownPlace(tx, known, now)) ? place : 'elsewhere';
    const tries = PREFIX + token(factor, email, from);
    const waitMs = placeWaitMs ?? (await countTry(tx, tries, now));
    const subject = placeWaitMs === undefined ? `account-${token(email)}` : `place-${token('place', place)}`;
    return { factor, email, ip, waitMs, subject, keys: { place: placeKey, tries, known } };
  }

  /** Counts a try that names no tenant of ours. @throws AppError `TOO_MANY`. */
  async beginNowhere(ip: string): Promise<void> {
    const key = PREFIX + blindToken(this.ownKey, placeOf(ip)).toString('hex');
    const rows: Pick<Tx, 'query'> = { query: (sql, values = []) => this.database.directory(sql, values) };
    const waitMs = await countAtPlace(rows, key, this.clock.now());
    if (waitMs !== undefined) throw tooMany(waitMs);
  }

  /** Says that the factor was right: its tries are forgotten. */
  async succeed(tx: Tx, { keys }: Attempt): Promise<void> {
    // In the order in which `begin` takes these rows: two at once wait for each other, and never both.
    await forgiveAtPlace(tx, keys.place);
    await forgetTries(tx, keys.tries);
  }

  /** Says that the person is in: their place is one of theirs from now on. */
  async trust(tx: Tx, { keys }: Attempt): Promise<void> {
    await rememberPlace(tx, keys.known, this.clock.now());
  }

  /** Records a refused try: the first at once, more within a minute as a count. @throws AppError `AUDIT_UNAVAILABLE`. */
  async refuse(tx: Tx, { subject, factor, email, ip, waitMs }: Attempt, staffId?: StaffId): Promise<void> {
    const count = await countRefusal(tx, subject, this.clock.now());
    if (count === 0) return;
    await this.recorder.record(tx, {
      act: 'staff.sign-in',
      actor: ACTOR,
      outcome: 'refused',
      refs: { subject, ...(staffId !== undefined && { staff: staffId }) },
      detail: { count, factor, why: waitMs === undefined ? 'wrong' : 'too-many' },
      personal: { email, ip },
    });
  }

  /** Records what was counted and has waited its minute, and forgets what is over. @returns how many could not be. */
  async tellCounted(): Promise<number> {
    const now = this.clock.now();
    let failed = 0;
    for (const untold of await findUntold(this.database, now)) {
      try {
        await this.database.transaction(untold.tenantId, async (tx) => {
          const count = await takeUntold(tx, untold, now);
          if (count === 0) return;
          await this.recorder.record(tx, {
            act: 'staff.sign-in',
            actor: ACTOR,
            outcome: 'refused',
            refs: { subject: untold.subject },
            detail: { count },
          });
        });
      } catch {
        // The row is still there: it is told in the next round, and the caller hears that this one failed.
        failed += 1;
      }
    }
    await this.database.directory('DELETE FROM rate_limit WHERE starts_with(key, $1) AND expire <= $2', [
      PREFIX,
      now.getTime(),
    ]);
    return failed;
  }
}

/** The one answer to everything that is wrong: which part it was is not said. */
export function signInFailed(): AppError {
  return new AppError(
    'SIGN_IN_FAILED',
    'That did not match. Check the organisation, e-mail, password and code, and try again.',
  );
}

export function tooMany(waitMs: number): AppError {
  return new AppError('TOO_MANY', 'Too many tries. Please wait a moment and try again.', {
    extra: { retryAfterS: Math.ceil(waitMs / 1_000) },
  });
}
