import { AppError, type Clock } from '@app/kernel';
import { type ClientPrincipal, CLOCK, Keys, Revocations } from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { Acts } from '../conversation/acts.service';
import { Announcer } from '../live/announcer.service';
import { ClientSessionService } from './client-session.service';

/** What a client does last: rate, or leave. */
@Injectable()
export class EndingService {
  constructor(
    private readonly acts: Acts,
    private readonly keys: Keys,
    private readonly sessions: ClientSessionService,
    private readonly announcer: Announcer,
    private readonly revocations: Revocations,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Keeps a rating: once, when the conversation is closed. @throws AppError `STEP_NOT_ALLOWED` the second time. */
  async rate(client: ClientPrincipal, score: number, comment: string | undefined): Promise<void> {
    const { intakeId } = client;
    await this.acts.change(
      client,
      intakeId,
      'intake.rate',
      async (admitted) => {
        const { tx } = admitted;
        const sealed =
          comment === undefined || comment === ''
            ? null
            : await this.keys.seal(tx, intakeId, { item: intakeId, content: 'rating' }, comment);
        const kept = await tx.query(
          `INSERT INTO rating (tenant_id, intake_id, score, sealed_comment, rated_at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT DO NOTHING RETURNING score`,
          [tx.tenantId, intakeId, score, sealed, this.clock.now()],
        );
        if (kept.length === 0)
          throw new AppError('STEP_NOT_ALLOWED', 'You have rated this conversation already.');
        await admitted.record({ detail: { score } });
        this.announcer.afterCommit(tx, intakeId);
      },
      ({ state }) => {
        if (state !== 'closed')
          throw new AppError('STEP_NOT_ALLOWED', 'You can rate when the conversation is closed.');
      },
    );
  }

  /** Ends the client's session and closes its sockets. The conversation stays with staff. */
  async leave(client: ClientPrincipal): Promise<void> {
    const { tenantId, intakeId, sessionId } = client;
    await this.acts.leave(client, async (tx) => {
      await this.sessions.end(tx, sessionId);
      tx.afterCommit(() => this.revocations.tell({ tenantId, sessionId, reason: 'signed-out' }));
      this.announcer.afterCommit(tx, intakeId);
    });
  }
}
