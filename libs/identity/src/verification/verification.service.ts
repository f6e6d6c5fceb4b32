import { blindToken, deriveKey, hashPassword, isPassword, newSecret } from '@app/crypto';
import { AppError, type Clock, newId, type RecordId } from '@app/kernel';
import type { Database, Keys, Mailer, Recorder, Tx } from '@app/platform';
import type { Decision, IdentityLimits } from '@app/policies';
import { randomInt } from 'node:crypto';
import { compact } from '../guard/fold';
import { type Claim, type RecordAdapter, recordNamed, type ResolvedRecord } from '../record/record-adapter';
import { addOne, type Count, readCounts, takeBack, type Tally } from './count.store';
import { type Failures, type Limit, limitReached, tooManySent, waitLeftS } from './limit';
import { codeMail, type MailLocale } from './mail';
import { networkOf } from './network';
import {
  identifiersClaimed,
  keepVerification,
  tryVerification,
  useVerification,
  type Verification,
} from './verification.store';

/** Who is asking, as their session and their connection say it, and what allowed it. */
interface Asker {
  readonly intakeId: string;
  readonly sessionId: string;
  readonly ip: string;
  /** For the entry: what the gate said. */
  readonly decision?: Decision;
}

/** What staff see. `locked` says that the way by code is closed, and not why. A client is told `code-sent` for it. */
export type StaffState = 'code-sent' | 'locked' | 'verified';

export interface Claimed {
  /** For the client: the same for match, no match and locked. */
  readonly answer: { readonly state: 'code-sent' };
  readonly staffState: StaffState;
  /**
   * Sends the code, if there is one to send. To be called after the commit, and not to be waited for before the answer.
   *
   * @throws AppError `AUDIT_UNAVAILABLE` before anything is sent, or whatever the mail server says; that is recorded.
   */
  deliver(mail: { readonly siteName: string; readonly locale: MailLocale }): Promise<void>;
}

export interface Tried {
  /** For the client. */
  readonly answer:
    { readonly result: 'verified' } | { readonly result: 'not-verified'; readonly triesLeft: number };
  readonly staffState: StaffState;
  /** With `verified`, and only then. */
  readonly recordId?: RecordId;
}

/** How codes are hashed: slowly, and exactly once on every way through. */
export interface CodeHash {
  hash(code: string): Promise<string>;
  matches(hashed: string, code: string): Promise<boolean>;
}

const ARGON2ID: CodeHash = { hash: hashPassword, matches: isPassword };

/** Who a client is: a claim, a code to the address on the record, the code back. Knowing things never verifies. */
export class VerificationService {
  /** Compared with where there is no code, so that the answer costs the same. */
  private readonly nobody: Promise<string>;

  constructor(
    private readonly database: Database,
    private readonly keys: Keys,
    private readonly recorder: Recorder,
    private readonly records: RecordAdapter,
    private readonly mailer: Pick<Mailer, 'send'>,
    private readonly limits: IdentityLimits,
    private readonly clock: Clock,
    private readonly codes: CodeHash = ARGON2ID,
  ) {
    this.nobody = hashPassword(newSecret());
  }

  /** Takes a claim. The caller has asked the gate and holds the conversation's lock. */
  async submitClaim(tx: Tx, { claim, ...asker }: Asker & { readonly claim: Claim }): Promise<Claimed> {
    const now = this.clock.now();
    const key = await this.keys.tokenKey(tx, 'identity-count');
    const identifierKey = blindToken(deriveKey(key, 'identifier'), compact(claim.identifier));
    const resolved = await this.records.find(tx, claim);
    const addressKey = blindToken(
      deriveKey(key, resolved === undefined ? 'no-address' : 'address'),
      resolved?.addressKey ?? identifierKey.toString('base64'),
    );
    const code = this.newCode();
    const codeHash = await this.codes.hash(code);

    const tallies = this.failuresOf(key, asker, { recordId: resolved?.recordId, identifierKey, addressKey });
    const closed = limitReached(inOrder(await readCounts(tx, tallies, now)), this.limits);
    const claimed = await identifiersClaimed(tx, asker.intakeId, identifierKey);
    const locked = closed ?? (claimed > this.limits.recordsPerSession ? 'identifiers' : undefined);
    const [sent] = await addOne(tx, [{ kind: 'sent', key: addressKey }], now);
    const flooded = sent === undefined || tooManySent(sent, this.limits);

    const limit: Limit | undefined = locked ?? (flooded ? 'sends' : undefined);
    // Only what goes out, or would, is counted: who asks too often does not use up the day.
    if (limit !== undefined) await takeBack(tx, [{ kind: 'sent', key: addressKey }], now);
    const goesTo = limit === undefined ? resolved : undefined;
    const verificationId = newId<string>();
    const { sessionId } = asker;
    await keepVerification(tx, asker.intakeId, this.limits.codeLifeSeconds, now, {
      verificationId,
      sessionId,
      recordId: goesTo?.recordId,
      codeHash,
      identifierKey,
      addressKey,
    });
    await this.record(tx, asker, 'identity.claimed', verificationId, { identifier: claim.identifier });
    if (limit !== undefined) await this.recordLimit(tx, asker, verificationId, limit);
    return {
      answer: { state: 'code-sent' },
      staffState: locked === undefined ? 'code-sent' : 'locked',
      deliver: async (mail) => {
        if (goesTo !== undefined) await this.deliver(tx, asker, verificationId, goesTo, code, mail);
      },
    };
  }

  /**
   * Takes a code. It counts the try and compares in one transaction, so a refusal is returned and must be committed.
   *
   * @throws AppError `TOO_MANY` with `retryAfterS` if the wait after the last failure is not over; nothing is compared then.
   */
  async submitCode(tx: Tx, { code, ...asker }: Asker & { readonly code: string }): Promise<Tried> {
    const now = this.clock.now();
    const key = await this.keys.tokenKey(tx, 'identity-count');
    const verification = await tryVerification(tx, asker.intakeId, now);
    const none = blindToken(deriveKey(key, 'none'), asker.intakeId);
    const about = verification ?? { recordId: undefined, identifierKey: none, addressKey: none };
    const tallies = this.failuresOf(key, asker, about);
    const [inRow] = await readCounts(tx, tallies.slice(0, 1), now);
    const waitS = inRow === undefined ? 0 : waitLeftS(inRow, now.getTime(), this.limits);
    if (waitS > 0)
      throw new AppError('TOO_MANY', 'Please wait a moment before you try again.', {
        extra: { retryAfterS: waitS },
      });

    // Counted as a failure first: whoever tries at the same moment waits here, and finds it counted.
    const failures = inOrder(await addOne(tx, tallies, now));
    const before = limitReached(lessOne(failures), this.limits);
    const isRight = await this.codes.matches(verification?.codeHash ?? (await this.nobody), code);
    const mayPass =
      verification !== undefined &&
      before === undefined &&
      verification.fresh &&
      verification.tries <= this.limits.triesPerCode &&
      verification.sessionId === asker.sessionId;
    if (isRight && mayPass && verification.recordId !== undefined) {
      await takeBack(tx, tallies, now);
      await useVerification(tx, verification.verificationId, now);
      await this.record(tx, asker, 'identity.verified', verification.verificationId, undefined, {
        record: verification.recordId,
      });
      return { answer: { result: 'verified' }, staffState: 'verified', recordId: verification.recordId };
    }

    const triesLeft = Math.max(
      0,
      this.limits.triesPerCode - (verification?.tries ?? this.limits.triesPerCode),
    );
    await this.record(tx, asker, 'identity.failed', verification?.verificationId);
    const limit = limitReached(failures, this.limits);
    if (limit !== undefined && limit !== before)
      await this.recordLimit(tx, asker, verification?.verificationId, limit);
    return {
      answer: { result: 'not-verified', triesLeft },
      staffState: limit === undefined ? 'code-sent' : 'locked',
    };
  }

  /** In the order of `Failures`; the conversation's comes first. */
  private failuresOf(
    key: Buffer,
    { intakeId, ip }: Asker,
    about: Pick<Verification, 'recordId' | 'identifierKey' | 'addressKey'>,
  ): Tally[] {
    const { networkPrefixBitsIpv4: ipv4, networkPrefixBitsIpv6: ipv6 } = this.limits;
    return [
      { kind: 'failed-intake', key: blindToken(deriveKey(key, 'intake'), intakeId) },
      { kind: 'failed-network', key: blindToken(deriveKey(key, 'network'), networkOf(ip, { ipv4, ipv6 })) },
      { kind: about.recordId === undefined ? 'failed-claim' : 'failed-record', key: about.identifierKey },
      { kind: 'failed-address', key: about.addressKey },
    ];
  }

  /** From the generator of the system (NIST SP 800-63A-4, section 3.8). */
  private newCode(): string {
    const digits = this.limits.codeDigits;
    return String(randomInt(10 ** digits)).padStart(digits, '0');
  }

  private async deliver(
    { tenantId }: Tx,
    { intakeId }: Asker,
    verification: string,
    { recordId }: ResolvedRecord,
    code: string,
    { siteName, locale }: { readonly siteName: string; readonly locale: MailLocale },
  ): Promise<void> {
    const entry = {
      actor: { kind: 'system', id: 'identity' },
      intakeId,
      refs: { verification, record: recordId },
    } as const;
    const receipt = await this.recorder.recordRead(tenantId, { act: 'identity.address-read', ...entry }, [
      recordNamed(recordId),
    ]);
    const to = await this.database.transaction(tenantId, async (tx) => {
      const address = await this.records.readAddress(tx, receipt, recordId);
      await this.recorder.record(tx, { act: 'identity.code-sent', ...entry, personal: { address } });
      return address;
    });
    const minutes = Math.round(this.limits.codeLifeSeconds / 60);
    try {
      await this.mailer.send({ to, ...codeMail({ code, siteName, locale, minutes }) });
    } catch (error) {
      await this.database.transaction(tenantId, (tx) =>
        this.recorder.record(tx, { act: 'identity.code-not-sent', ...entry }),
      );
      throw error;
    }
  }

  private async record(
    tx: Tx,
    { intakeId, sessionId, decision }: Asker,
    act: string,
    verification: string | undefined,
    personal?: Readonly<Record<string, string>>,
    refs: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await this.recorder.record(tx, {
      act,
      actor: { kind: 'client', id: intakeId, session: sessionId },
      intakeId,
      refs: { ...(verification !== undefined && { verification }), ...refs },
      ...(decision !== undefined && { decision }),
      ...(personal !== undefined && { personal }),
    });
  }

  private async recordLimit(
    tx: Tx,
    { intakeId }: Asker,
    verification: string | undefined,
    limit: Limit,
  ): Promise<void> {
    await this.recorder.record(tx, {
      act: limit === 'sends' ? 'identity.code-withheld' : 'identity.locked',
      actor: { kind: 'system', id: 'identity' },
      intakeId,
      detail: { limit },
      ...(verification !== undefined && { refs: { verification } }),
    });
  }
}

function inOrder(counts: readonly Count[]): Failures {
  const [intake, network, record, address] = counts;
  if (intake === undefined || network === undefined || record === undefined || address === undefined)
    throw new Error('four things are counted');
  return { intake, network, record, address };
}

/** What it was before this try was counted. */
function lessOne({ intake, network, record, address }: Failures): Failures {
  const less = (count: Count) => ({ ...count, hour: count.hour - 1, day: count.day - 1 });
  return { intake: less(intake), network: less(network), record: less(record), address: less(address) };
}
