import {
  type Claim,
  neutralDelay,
  type Pace,
  RecordTable,
  type RecordValue,
  VerificationService,
} from '@app/identity';
import { SiteService } from '@app/desk';
import { AppError, type Clock, type IntakeId, MINUTE } from '@app/kernel';
import { type ClientPrincipal, CLOCK, describe, RateLimit, type StaffPrincipal } from '@app/platform';
import { TranscriptService } from '@app/transcript';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Announcer } from '../live/announcer.service';
import { Acts } from '../conversation/acts.service';
import { change, recordOf, type VerificationState } from '../conversation/conversation';
import { authorOf } from '../talk/posting.service';

/** Injection token: how long the answers to a claim and to a code take. */
export const PROOF_PACE = Symbol('PROOF_PACE');

/** Claims that one address may make. What is sent and tried has limits of its own. */
const CLAIMS = { times: 30, withinMs: 15 * MINUTE };

/** Finds out who a client is, and shows their record once that is known. */
@Injectable()
export class ProofService {
  private readonly logger = new Logger('identity');

  constructor(
    private readonly acts: Acts,
    private readonly verifications: VerificationService,
    private readonly records: RecordTable,
    private readonly sites: SiteService,
    private readonly rates: RateLimit,
    private readonly transcript: TranscriptService,
    private readonly announcer: Announcer,
    @Inject(PROOF_PACE) private readonly pace: Pace,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Asks the client to say who they are. @throws AppError `STEP_NOT_ALLOWED` when that is known or they are locked. */
  request(staff: StaffPrincipal, intakeId: IntakeId): Promise<VerificationState> {
    return this.acts.change(staff, intakeId, 'identity.request', async (admitted) => {
      const { tx, conversation } = admitted;
      if (conversation.verification === 'verified')
        throw new AppError('STEP_NOT_ALLOWED', "The client's identity is confirmed already.");
      if (conversation.verification === 'locked')
        throw new AppError('STEP_NOT_ALLOWED', 'Self-service verification is locked for this client.');
      await change(tx, intakeId, { verification: 'requested' });
      const { line, kept } = await this.transcript.appendEvent(
        tx,
        intakeId,
        'verification-requested',
        authorOf(staff),
      );
      await admitted.record(kept);
      this.announcer.afterCommit(tx, intakeId, { line });
      return 'requested' as const;
    });
  }

  /** Takes what the client says of themselves. The answer, and how long it takes, is the same for match and no match. */
  claim(client: ClientPrincipal, claim: Claim, ip: string): Promise<{ readonly state: 'code-sent' }> {
    return neutralDelay(this.pace, async () => {
      const { intakeId, sessionId } = client;
      // Each claim costs a slow hash, whether it matches or not.
      await this.rates.take('claim', ip, CLAIMS);
      return this.acts.change(client, intakeId, 'identity.prove', async ({ tx, conversation, decision }) => {
        assertAsked(conversation.verification);
        const claimed = await this.verifications.submitClaim(tx, {
          intakeId,
          sessionId,
          ip,
          decision,
          claim,
        });
        await change(tx, intakeId, { verification: claimed.staffState });
        const site = await this.sites.byId(tx, conversation.siteId);
        tx.afterCommit(() => {
          claimed
            .deliver({ siteName: site.name, locale: conversation.locale })
            .catch((error: unknown) => this.logger.error(describe(error)));
        });
        this.announcer.afterCommit(tx, intakeId);
        return claimed.answer;
      });
    });
  }

  /** Takes a code. A wrong one is counted, so its transaction commits. */
  code(client: ClientPrincipal, code: string, ip: string) {
    return neutralDelay(this.pace, async () => {
      const { intakeId, sessionId } = client;
      return this.acts.change(client, intakeId, 'identity.prove', async (admitted) => {
        const { tx, conversation, decision } = admitted;
        assertAsked(conversation.verification);
        const tried = await this.verifications.submitCode(tx, { intakeId, sessionId, ip, decision, code });
        if (tried.recordId === undefined) {
          await change(tx, intakeId, { verification: tried.staffState });
          this.announcer.afterCommit(tx, intakeId);
          return tried.answer;
        }
        await change(tx, intakeId, {
          verification: 'verified',
          level: 1,
          recordId: tried.recordId,
          levelAt: this.clock.now(),
        });
        const { line, kept } = await this.transcript.appendEvent(tx, intakeId, 'verified');
        await admitted.record({ act: 'intake.level-raised', ...kept, detail: { level: 1 } });
        this.announcer.afterCommit(tx, intakeId, { line });
        return tried.answer;
      });
    });
  }

  /** Returns the values of the client's record. @throws AppError `ASSURANCE_TOO_LOW` before identity is confirmed. */
  record(staff: StaffPrincipal, intakeId: IntakeId): Promise<RecordValue[]> {
    return this.acts.read(
      staff,
      intakeId,
      'record.read',
      (tx, receipt, { recordId }) => {
        if (recordId === undefined) throw new AppError('NOT_FOUND', 'This client has no record here.');
        return this.records.readValues(tx, receipt, recordId);
      },
      { owners: recordOf },
    );
  }
}

/** Nobody proves who they are unasked: the form belongs to a staff member's request. */
function assertAsked(state: VerificationState): void {
  if (state === 'none') throw new AppError('STEP_NOT_ALLOWED', 'Nobody has asked you for this yet.');
  if (state === 'verified') throw new AppError('STEP_NOT_ALLOWED', 'Your identity is confirmed already.');
}
